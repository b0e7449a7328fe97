"""Any bytes at all: no crash, no hang, an outcome for each record. `make fuzz` looks for what fails that."""
