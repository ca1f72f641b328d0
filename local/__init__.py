"""The embedded AWS-compatible stack: the emulator's runner, its mends, and the deployment to it."""
