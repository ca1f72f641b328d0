import os

from infra_cdk import node

if found := node.binary():
    os.environ.setdefault("JSII_NODE", str(found))
