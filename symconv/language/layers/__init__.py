"""Layers made of the operators of the language: what the frameworks call by a name of its own.

Nothing here adds to the language, so that no reading has to know these names; the one operator
that is a layer, `Conv`, is among the operators.
"""
