"""The embedded AWS-compatible stack: the emulator's runner, its patches, and the deployment to it."""
