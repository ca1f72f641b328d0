"""The edge as CloudFormation gets it: who may come, how fast, over which TLS, and who says so to the functions."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App

from infra_cdk.app import chosen, edge_of
from infra_cdk.environments import DEV, LOCAL, PROD
from infra_cdk.stacks import edge as edge_stack
from stadion import edge
from tests.kit.templates import DOMAIN, Synthesised

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=[DEV, PROD], ids=lambda environment: environment.name)
def resources(request: pytest.FixtureRequest) -> Resources:
    app = App()
    edge_stack.EdgeStack(app, environment=request.param)
    [stack] = app.synth().stacks
    assert stack.environment.region == "us-east-1"
    return dict(stack.template["Resources"])


def only(resources: Resources, kind: str) -> dict[str, Any]:
    [found] = [one["Properties"] for one in resources.values() if one["Type"] == kind]
    return dict(found)


def behaviours(resources: Resources) -> list[dict[str, Any]]:
    said = only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]
    return [said["DefaultCacheBehavior"], *said["CacheBehaviors"]]


def test_it_has_a_name_a_certificate_and_no_old_tls(resources: Resources) -> None:
    said = only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]
    certificate = only(resources, "AWS::CertificateManager::Certificate")
    assert said["Aliases"] == [certificate["DomainName"]]
    assert said["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2025"
    assert said["ViewerCertificate"]["SslSupportMethod"] == "sni-only"
    assert {one["ViewerProtocolPolicy"] for one in behaviours(resources)} == {"https-only"}
    for origin in said["Origins"]:
        assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
        assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_each_origin_is_told_by_a_secret_that_no_template_has(resources: Resources) -> None:
    for origin in only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"]:
        [header] = origin["OriginCustomHeaders"]
        assert header["HeaderName"] == edge.SECRET
        assert header["HeaderValue"] == "{{resolve:secretsmanager:stadion/platform/edge:SecretString:::}}"


def test_the_viewer_is_named_over_whatever_was_sent(resources: Resources) -> None:
    code = only(resources, "AWS::CloudFront::Function")["FunctionCode"]
    assert f'request.headers["{edge.VIEWER}"] = {{ value: event.viewer.ip }}' in code
    assert edge_stack.SECRET_HEADER == edge.SECRET
    for one in behaviours(resources):
        assert [association["EventType"] for association in one["FunctionAssociations"]] == ["viewer-request"]
        if not one.get("PathPattern", "").startswith("/docs"):
            assert one["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # all but the host


def test_no_error_of_one_is_kept_for_another(resources: Resources) -> None:
    """CloudFront keeps these ten seconds by the path alone where nothing is to be kept, whatever `Cache-Control` says:
    a stranger who asks for a workout would make it "not found" for the athlete whose it is."""
    said = only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]["CustomErrorResponses"]
    assert {one["ErrorCode"] for one in said} >= {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}
    assert all(one.keys() == {"ErrorCode", "ErrorCachingMinTTL"} and one["ErrorCachingMinTTL"] == 0 for one in said)


def test_what_is_kept_for_all_follows_from_nothing_that_a_viewer_wrote(resources: Resources) -> None:
    """A header that a viewer wrote could make an answer that everybody gets, and a token a private one."""
    kinds = {name: one["Type"] for name, one in resources.items()}
    for one in behaviours(resources):
        if one.get("PathPattern", "").startswith("/docs"):
            assert kinds[one["OriginRequestPolicyId"]["Ref"]] == "AWS::CloudFront::OriginRequestPolicy"
    said = only(resources, "AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]
    assert said["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": [edge.VIEWER]}
    assert said["CookiesConfig"] == {"CookieBehavior": "none"}
    assert said["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_a_rotated_secret_reaches_the_edge_by_a_change_of_the_distribution_itself(resources: Resources) -> None:
    """CloudFormation reads a dynamic reference anew only for a resource that is changed."""
    said = only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert {"Ref": "SecretOf"} in said["Comment"]["Fn::Join"][1]


def test_only_documents_are_kept_and_compressed(resources: Resources) -> None:
    said = only(resources, "AWS::CloudFront::Distribution")["DistributionConfig"]
    nothing = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert said["DefaultCacheBehavior"]["CachePolicyId"] == nothing
    kept = {one["PathPattern"] for one in said["CacheBehaviors"] if one["CachePolicyId"] != nothing}
    assert kept == {"/docs", "/docs/*"}
    policy = only(resources, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    keyed = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (keyed["EnableAcceptEncodingGzip"], keyed["EnableAcceptEncodingBrotli"]) == (True, True)
    assert keyed["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert keyed["HeadersConfig"] == {"HeaderBehavior": "none"}


def test_browsers_are_told_to_be_strict(resources: Resources) -> None:
    said = only(resources, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    strict = said["SecurityHeadersConfig"]
    transport = strict["StrictTransportSecurity"]
    assert transport["AccessControlMaxAgeSec"] == 2 * 365 * 86_400
    assert (transport["IncludeSubdomains"], transport["Preload"], transport["Override"]) == (True, True, True)
    assert strict["ContentTypeOptions"] == {"Override": True}
    assert strict["FrameOptions"]["FrameOption"] == "DENY"
    assert strict["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert "default-src 'none'" in strict["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert strict["ContentSecurityPolicy"]["Override"] is False  # the pages of ours load what they say themselves


def test_a_network_has_a_rate_of_its_own_and_a_lower_one_at_the_door(resources: Resources) -> None:
    wall = only(resources, "AWS::WAFv2::WebACL")
    assert (wall["Scope"], wall["DefaultAction"]) == ("CLOUDFRONT", {"Allow": {}})
    sign_in, requests, *managed = sorted(wall["Rules"], key=lambda rule: rule["Priority"])
    assert [len({rule[name] for rule in wall["Rules"]}) for name in ("Priority", "Name")] == [len(wall["Rules"])] * 2
    for rule, limit in ((sign_in, 100), (requests, 30_000)):
        counted = rule["Statement"]["RateBasedStatement"]
        assert (counted["Limit"], counted["AggregateKeyType"], counted["EvaluationWindowSec"]) == (limit, "IP", 300)
        answer = rule["Action"]["Block"]["CustomResponse"]
        assert (answer["ResponseCode"], answer["ResponseHeaders"]) == (429, [{"Name": "Retry-After", "Value": "300"}])
        assert answer["CustomResponseBodyKey"] in wall["CustomResponseBodies"]
    scope = sign_in["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["ByteMatchStatement"]
    assert (scope["SearchString"], scope["PositionalConstraint"]) == ("/v1/auth/", "STARTS_WITH")
    assert "NORMALIZE_PATH" in {one["Type"] for one in scope["TextTransformations"]}
    assert all(rule["OverrideAction"] == {"None": {}} for rule in managed)
    assert not any(rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in wall["Rules"])


def test_its_429_is_a_problem_like_any(resources: Resources) -> None:
    [body] = only(resources, "AWS::WAFv2::WebACL")["CustomResponseBodies"].values()
    problem = json.loads(body["Content"])
    assert (problem["status"], problem["code"]) == (429, "too_many_requests")
    assert {"type", "title", "detail", "instance", "trace_id"} <= problem.keys()


def test_people_and_partners_are_told_its_name(prod: Synthesised, local: Synthesised) -> None:
    """Else the way out of a mail, and a partner's first request, would be refused."""

    def told(synthesised: Synthesised, name: str) -> set[str]:
        functions = (p["Environment"]["Variables"] for _, p in synthesised.of_type("AWS::Lambda::Function"))
        return {json.dumps(variables[name]) for variables in functions if name in variables}

    for name in ("STADION_API_URL", "STADION_PARTNER_API_URL"):
        assert told(prod, name) == {json.dumps(f"https://api.{DOMAIN}")}
        assert "execute-api" in "".join(told(local, name)) or "Fn::" in "".join(told(local, name))


def test_an_account_begins_without_it_and_the_laptop_has_none() -> None:
    assert (DEV.edge, PROD.edge, LOCAL.edge, LOCAL.api_domain) == (True, True, False, "")
    assert chosen({"STADION_ENV": "prod", "STADION_EDGE": "0"}) == replace(PROD, edge=False)


@pytest.mark.parametrize("is_there", [True, False])
def test_all_stacks_can_be_deployed_before_the_apis_have_ids(is_there: bool) -> None:
    """The edge asks for those, so `cdk deploy --all` of a new account would end there."""
    app = App()
    assert edge_of(app, replace(PROD, edge=is_there)) is is_there
    assert edge_of(App(), LOCAL) is False
