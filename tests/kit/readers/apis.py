"""API Gateway, both of its versions."""

from tests.kit.readers.services import Props, Services, pascal, pascal_keys, said_ids, tag_list


def rest_account(services: Services, _: str, __: Props) -> Props:
    return pascal(services.apigateway.get_account())  # type: ignore[no-any-return]


def rest_deployment(services: Services, physical_id: str, said: Props) -> Props:
    services.apigateway.get_deployment(restApiId=said["RestApiId"], deploymentId=physical_id)
    return {"RestApiId": said["RestApiId"]}


def gateway_response(services: Services, _: str, said: Props) -> Props:
    asked = {"restApiId": said["RestApiId"], "responseType": said["ResponseType"]}
    return {"RestApiId": said["RestApiId"], **pascal_keys(services.apigateway.get_gateway_response(**asked))}


def rest_method(services: Services, _: str, said: Props) -> Props:
    where = {"restApiId": said["RestApiId"], "resourceId": said["ResourceId"]}
    method = services.apigateway.get_method(**where, httpMethod=said["HttpMethod"])
    found = pascal(method["methodIntegration"])
    integration = {**found, "IntegrationHttpMethod": found.get("HttpMethod")}
    return {**said_ids(said, "RestApiId", "ResourceId"), **pascal(method), "Integration": integration}


def rest_resource(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigateway.get_resource(restApiId=said["RestApiId"], resourceId=physical_id)
    return {**said_ids(said, "RestApiId"), **pascal(found)}


def rest_api(services: Services, physical_id: str, _: Props) -> Props:
    found = services.apigateway.get_rest_api(restApiId=physical_id)
    return {**pascal(found), "Tags": tag_list(found.get("tags", {}))}


def rest_stage(services: Services, _: str, said: Props) -> Props:
    found = services.apigateway.get_stage(restApiId=said["RestApiId"], stageName=said["StageName"])
    settings = [_method_settings(path, one) for path, one in found.get("methodSettings", {}).items()]
    tags = tag_list(found.get("tags", {}))
    return {**said_ids(said, "RestApiId"), **pascal(found), "MethodSettings": settings, "Tags": tags}


def _method_settings(path: str, settings: Props) -> Props:
    resource, _, method = path.rpartition("/")
    return {**pascal(settings), "ResourcePath": f"/{resource.replace('~1', '/').strip('/')}", "HttpMethod": method}


def usage_plan(services: Services, physical_id: str, _: Props) -> Props:
    found = services.apigateway.get_usage_plan(usagePlanId=physical_id)
    stages = [{"Throttle": {}, **pascal(stage)} for stage in found["apiStages"]]
    told = pascal({**found, "apiStages": None})
    return {**told, "ApiStages": stages, "UsagePlanName": found["name"], "Tags": tag_list(found.get("tags", {}))}


def http_api(services: Services, physical_id: str, _: Props) -> Props:
    return dict(services.apigatewayv2.get_api(ApiId=physical_id))


def http_authorizer(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigatewayv2.get_authorizer(ApiId=said["ApiId"], AuthorizerId=physical_id)
    return {**found, **said_ids(said, "ApiId")}


def http_integration(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigatewayv2.get_integration(ApiId=said["ApiId"], IntegrationId=physical_id)
    return {**found, **said_ids(said, "ApiId")}


def http_route(services: Services, physical_id: str, said: Props) -> Props:
    routes = services.routes(said["ApiId"])
    return {**(routes.get(physical_id) or routes[f"{said['ApiId']}/{physical_id}"]), **said_ids(said, "ApiId")}


def http_stage(services: Services, _: str, said: Props) -> Props:
    found = services.apigatewayv2.get_stage(ApiId=said["ApiId"], StageName=said["StageName"])
    return {**found, **said_ids(said, "ApiId")}
