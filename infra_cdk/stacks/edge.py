"""The edge: the one name that apps and partners call. It brakes networks, keeps the documents, says how to speak TLS.

In us-east-1, where CloudFront's certificates and firewalls live; the APIs may be elsewhere, so that it is told of them
by parameters (docs/how-to/edge.md). What it adds to each request is read by `stadion.edge`.
"""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import Aws, CfnOutput, CfnParameter, CfnResource, Duration, SecretValue, Stack
from aws_cdk import Environment as Place
from aws_cdk.aws_certificatemanager import Certificate, CertificateValidation
from aws_cdk.aws_cloudfront import (
    AllowedMethods,
    BehaviorOptions,
    CachePolicy,
    CacheQueryStringBehavior,
    Distribution,
    ErrorResponse,
    Function,
    FunctionAssociation,
    FunctionCode,
    FunctionEventType,
    FunctionRuntime,
    HeadersFrameOption,
    HeadersReferrerPolicy,
    HttpVersion,
    ICachePolicy,
    IOrigin,
    IOriginRequestPolicy,
    OriginProtocolPolicy,
    OriginRequestHeaderBehavior,
    OriginRequestPolicy,
    OriginSslPolicy,
    PriceClass,
    ResponseHeadersContentSecurityPolicy,
    ResponseHeadersContentTypeOptions,
    ResponseHeadersFrameOptions,
    ResponseHeadersPolicy,
    ResponseHeadersReferrerPolicy,
    ResponseHeadersStrictTransportSecurity,
    ResponseSecurityHeadersBehavior,
    SecurityPolicyProtocol,
    ViewerProtocolPolicy,
)
from aws_cdk.aws_cloudfront_origins import HttpOrigin
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.nag import accept
from infra_cdk.parts.edge_secret import EDGE_REGION, SECRET_NAME
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.partner_api import STAGE

SECRET_HEADER: Final = "x-stadion-edge"  # noqa: S105 - its name
VIEWER_HEADER: Final = "x-stadion-viewer"
"""As `stadion.edge` reads them; a test compares."""
SIGN_IN_PER_NETWORK: Final = 100
"""Requests to `/v1/auth/*` of one address in five minutes: a family signs in with less, and behind it each address and
account has limits of its own (docs/decisions/0030-codes-and-cognito.md)."""
REQUESTS_PER_NETWORK: Final = 30_000
"""Of one address in five minutes: ten athletes behind one, each at the limit of their own, or a store's server."""
NEVER_KEPT: Final = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
"""Errors that CloudFront would keep ten seconds by the path, also where nothing is to be kept and whatever the answer
says of it: what is not found for one athlete is another's."""
TWO_YEARS: Final = Duration.days(730)
BRAKED: Final = "braked"
WHO_ASKS: Final = f"""function handler(event) {{
    var request = event.request;
    request.headers["{VIEWER_HEADER}"] = {{ value: event.viewer.ip }};
    return request;
}}
"""
"""Over whatever a viewer wrote there."""
MANAGED: Final = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")
"""Not the common rule set: it refuses bodies of more than 8 KB, which batches and workouts have."""


class EdgeStack(Stack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, f"{PRODUCT}-edge", description="Stadion: the edge", env=Place(region=EDGE_REGION))
        http_api = self._parameter("HttpApiId", "output ApiId of stadion-platform")
        partner_api = self._parameter("PartnerApiId", "output PartnerApiId of stadion-partners")
        region = self._parameter("ApiRegion", "where both are")
        secret_of = self._parameter("SecretOf", "another word after each rotation of the secret", default="first")
        api = self._origin(f"{http_api}.execute-api.{region}.{Aws.URL_SUFFIX}")
        partners = self._origin(f"{partner_api}.execute-api.{region}.{Aws.URL_SUFFIX}", path=f"/{STAGE}")
        self._headers = self._security_headers()
        self._who_asks = Function(
            self, "WhoAsks", code=FunctionCode.from_inline(WHO_ASKS), runtime=FunctionRuntime.JS_2_0
        )
        documents, asked = self._documents(), self._asked_of_documents()
        distribution = Distribution(
            self,
            "Distribution",
            comment=f"Stadion's APIs; secret of {secret_of}",  # only what changes is told the secret anew
            domain_names=[environment.api_domain],
            certificate=Certificate(
                self,
                "Certificate",
                domain_name=environment.api_domain,
                validation=CertificateValidation.from_dns(),
            ),
            minimum_protocol_version=SecurityPolicyProtocol.TLS_V1_2_2025,
            http_version=HttpVersion.HTTP2_AND_3,
            price_class=PriceClass.PRICE_CLASS_100,
            default_behavior=self._behaviour(api, CachePolicy.CACHING_DISABLED),
            additional_behaviors={
                "/docs": self._behaviour(api, documents, asked),
                "/docs/*": self._behaviour(api, documents, asked),
                "/partner/*": self._behaviour(partners, CachePolicy.CACHING_DISABLED),
            },
            error_responses=[ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in NEVER_KEPT],
            web_acl_id=self._firewall().get_att("Arn").to_string(),
        )
        accept(distribution, "CFR1", "athletes travel; who may register is decided by age and consent, not by country")
        accept(distribution, "CFR3", "its log would keep every address; our request lines keep a keyed hash, 30 days")
        CfnOutput(self, "Address", value=f"https://{environment.api_domain}")
        CfnOutput(self, "DistributionDomain", value=distribution.distribution_domain_name)

    def _parameter(self, name: str, description: str, *, default: str | None = None) -> str:
        pattern = r"^[a-z0-9-]{5,30}$"
        said = CfnParameter(self, name, description=description, allowed_pattern=pattern, default=default)
        return said.value_as_string

    def _origin(self, host: str, *, path: str | None = None) -> IOrigin:
        """The header tells the functions that a request came this way: CloudFront overwrites what a viewer sends."""
        return HttpOrigin(
            host,
            origin_path=path,
            protocol_policy=OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[OriginSslPolicy.TLS_V1_2],
            custom_headers={SECRET_HEADER: SecretValue.secrets_manager(SECRET_NAME).unsafe_unwrap()},
            read_timeout=Duration.seconds(25),
        )

    def _behaviour(
        self, origin: IOrigin, cache: ICachePolicy, asked: IOriginRequestPolicy | None = None
    ) -> BehaviorOptions:
        return BehaviorOptions(
            origin=origin,
            allowed_methods=AllowedMethods.ALLOW_ALL,
            viewer_protocol_policy=ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=cache,
            origin_request_policy=asked or OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self._headers,
            function_associations=[
                FunctionAssociation(event_type=FunctionEventType.VIEWER_REQUEST, function=self._who_asks)
            ],
            compress=True,
        )

    def _documents(self) -> CachePolicy:
        """As long as the function says, by the encodings that a viewer takes: a flood of readers is one to the API."""
        return CachePolicy(
            self,
            "Documents",
            comment="The API's documents",
            default_ttl=Duration.minutes(5),
            min_ttl=Duration.seconds(1),
            max_ttl=Duration.days(1),
            query_string_behavior=CacheQueryStringBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _asked_of_documents(self) -> OriginRequestPolicy:
        """Nothing that a viewer wrote: what is kept for all follows from the path alone. No header makes an answer that
        others get, and no token comes along by which a private one could be made."""
        headers = OriginRequestHeaderBehavior.allow_list(VIEWER_HEADER)
        return OriginRequestPolicy(self, "Asked", comment="Of documents", header_behavior=headers)

    def _security_headers(self) -> ResponseHeadersPolicy:
        """Pages of ours say their own content policy; what says none has nothing to load."""
        return ResponseHeadersPolicy(
            self,
            "Headers",
            comment="Stadion",
            security_headers_behavior=ResponseSecurityHeadersBehavior(
                strict_transport_security=ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=TWO_YEARS, include_subdomains=True, preload=True, override=True
                ),
                content_type_options=ResponseHeadersContentTypeOptions(override=True),
                frame_options=ResponseHeadersFrameOptions(frame_option=HeadersFrameOption.DENY, override=True),
                referrer_policy=ResponseHeadersReferrerPolicy(
                    referrer_policy=HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                content_security_policy=ResponseHeadersContentSecurityPolicy(
                    content_security_policy="default-src 'none'; frame-ancestors 'none'", override=False
                ),
            ),
        )

    def _firewall(self) -> CfnResource:
        """What a network may ask for in all, and of sign-in; the answer is a problem of ours with `Retry-After`."""
        sign_in = {
            "ByteMatchStatement": {
                "FieldToMatch": {"UriPath": {}},
                "PositionalConstraint": "STARTS_WITH",
                "SearchString": "/v1/auth/",
                "TextTransformations": [
                    {"Priority": 0, "Type": "URL_DECODE"},
                    {"Priority": 1, "Type": "NORMALIZE_PATH"},
                    {"Priority": 2, "Type": "LOWERCASE"},
                ],
            }
        }
        managed = [_managed(name, priority) for priority, name in enumerate(MANAGED, start=10)]
        rules = [
            _rate("SignIn", 0, SIGN_IN_PER_NETWORK, only=sign_in),
            _rate("Requests", 1, REQUESTS_PER_NETWORK),
            *managed,
        ]
        said = {
            "Scope": "CLOUDFRONT",
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": _seen_as("Firewall"),
            "CustomResponseBodies": {BRAKED: {"ContentType": "APPLICATION_JSON", "Content": json.dumps(TOO_MANY)}},
            "Rules": rules,
        }
        return CfnResource(self, "Firewall", type="AWS::WAFv2::WebACL", properties=said)


TOO_MANY: Final = {
    "type": "https://stadion.example/problems/too_many_requests",
    "title": "Too many requests",
    "status": 429,
    "detail": "Wait five minutes: too many requests come from this network.",
    "instance": "/",
    "code": "too_many_requests",
    "trace_id": "edge",
}


def _rate(name: str, priority: int, limit: int, *, only: Mapping[str, object] | None = None) -> dict[str, object]:
    counted = {"Limit": limit, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}
    answer = {
        "ResponseCode": 429,
        "CustomResponseBodyKey": BRAKED,
        "ResponseHeaders": [{"Name": "Retry-After", "Value": "300"}],
    }
    return {
        "Name": name,
        "Priority": priority,
        "Action": {"Block": {"CustomResponse": answer}},
        "Statement": {"RateBasedStatement": counted | ({"ScopeDownStatement": only} if only else {})},
        "VisibilityConfig": _seen_as(name),
    }


def _managed(name: str, priority: int) -> dict[str, object]:
    return {
        "Name": name,
        "Priority": priority,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}},
        "VisibilityConfig": _seen_as(name),
    }


def _seen_as(name: str) -> dict[str, object]:
    return {"CloudWatchMetricsEnabled": True, "MetricName": f"{PRODUCT}-{name}", "SampledRequestsEnabled": False}
