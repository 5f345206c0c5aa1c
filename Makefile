# Every target is a verb of start.py, which works without make too.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: lab test build lock book bench mutants seeds setup clean help

lab test build lock book bench mutants seeds setup clean:
	@$(PYTHON) start.py $@ $(ARGS)

help:
	@$(PYTHON) start.py --help
