r"""A student's answer to the exercise, as text or LaTeX: right for all kernel lengths, or not.

The exercise asks for the kernel k₄ of one stride-4 layer that does what two stride-2 layers
with one kernel k, of length c, do: `two_layers.toml`.  An answer is a formula for its entries,
such as Sum(k[i]*k[t - 2*i], i), or an expression in operators, such as k * (k \uparrow_2).
"""

from __future__ import annotations

from symconv.errors import SymconvError, as_given
from symconv.exercises.grades import Grade, graded
from symconv.exercises.mistakes import KERNEL_PART
from symconv.exercises.parts import Reading

__all__ = ["Grade", "Reading", "grade"]


def grade(answer: str, *, latex: bool | None = None) -> Grade:
    r"""Decide whether an answer for k₄ is right, for all kernel lengths c ≥ 1.

    A formula is compared with k₄ at every t with 0 ≤ t < 3c − 2, an operator expression
    with its length too.  The kernel is called k, k2 or k_2, and c is its length; the index is
    the one free letter.  An answer for the flipped kernel, \tilde{k}_4 = …, is compared with
    the flipped k₄; so is one without a left side, all of whose kernels are flipped.

    Any other exercise is graded by `symconv.exercises.Exercise`.

    Args:
        answer: the answer; nothing in it is evaluated.
        latex: whether it is LaTeX; without that, whether it looks like it.

    >>> print(grade("Sum(k[i]*k[t - 2*i], i)"))
    Right, for all kernel lengths.
    >>> print(grade(r"k_4 = k * (k \uparrow_2)"))
    Right, for all kernel lengths.
    >>> print(grade(r"\sum_i k(i)\, k(t - i)").sentence)
    Not right: for c = 2, k = [1, 1] it gives [1, 2, 1, 0] instead of [1, 1, 1, 1].

    Raises:
        TextError: the answer cannot be read; it says where.
    """
    if not isinstance(answer, str):
        raise SymconvError(f"an answer is a text, got {as_given(answer)}")
    return graded(KERNEL_PART, KERNEL_PART.read(answer, latex))
