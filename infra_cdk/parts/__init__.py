"""The building blocks: one construct for each thing that the services are made of."""
