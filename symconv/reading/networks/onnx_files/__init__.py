"""ONNX files, as tensors of symconv: what the nodes of a file compute, by the table of layers.

`graphs` reads the file, and is the one module that knows its format; `numbers` the arrays in it.
`values` says what stands for a name while nodes are read, one after the other, by `nodes`; what
an operator means says one of `sliding`, `entrywise`, `moving` and, of integers such as sizes,
`integers`.  What is constant is computed by `constants`.
"""
