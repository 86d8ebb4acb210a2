"""The true claims by name, and a sample of all kinds whose certificates Rocq checks in CI."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.suites import SUITES
from symconv.catalogue.theorems import Theorem

__all__ = ["ONE_AXIS", "SAMPLE", "TWO_LAYERS", "true_claims"]

ONE_AXIS = "strided_dilated_layers_eq_one_layer"
"""Two layers along one axis, with symbolic strides, dilations and kernels."""

TWO_LAYERS = "strided_dilated_layers_over_channels_eq_one_layer"
"""Two layers over channels, along two axes, with symbolic strides and dilations."""

SAMPLE: Mapping[str, tuple[str, ...]] = {
    "integers": (
        "output_is_a_quarter_iff_padding_fits",
        "two_stride2_layers_have_one_floor",
        "odd_phase_of_a_filter_has_half_the_lengths_less_one",
    ),
    "one axis, numbers for strides": (
        "two_stride2_layers_eq_one_stride4_layer",
        "circular_convolution_eq_layer_with_circular_padding",
        "noble_identity_for_upsampling",
        "two_padded_layers_agree_inside",
        "pointwise_layer_with_bias_merges_when_padded_with_the_bias",
    ),
    "one axis, symbols for strides": (
        ONE_AXIS,
        "padding_the_left_only_never_reads_the_last_entries",
        "full_filter_before_zeros_between",
        "transposed_layer_eq_layer",
    ),
    "channels": (
        "two_layers_over_channels_padded_before_the_first_eq_one_layer",
        TWO_LAYERS,
        "same_layer_over_channels_then_pointwise_layer_eq_one_same_layer",
        "transposed_layer_over_channels_eq_layer_with_flip",
    ),
    "groups": (
        "groups_merge_into_one",
        "layer_with_6_groups_eq_layer_with_2",
        "depthwise_layer_then_pointwise_layer_eq_one_layer",
    ),
    "several axes": (
        "row_layer_then_column_layer_eq_one_layer",
        "cropping_before_the_zeros_crops_as_many_times_the_stride",
        "pointwise_branch_with_less_padding_eq_one_layer",
    ),
    "rearrange and einsum": (
        "outer_products_have_no_minors",
        "phases_of_2_and_linear_map_eq_layer",
        "layer_and_pixel_shuffle_by_2_eq_transposed_layer",
    ),
    "sums": (
        "two_strided_branches_eq_one_layer",
        "three_branches_over_channels_eq_one_layer",
        "nearest_upsampling_eq_zeros_between_then_box",
    ),
    "pools": (
        "padding_fuses_into_a_counting_pool_of_3",
        "constant_depthwise_kernel_eq_pool_that_counts_padding",
    ),
    "bias and batch norm": (
        "pointwise_layer_with_bias_over_channels_merges_when_padded_first",
        "norm_behind_a_layer_folds_into_weights_and_bias",
    ),
    "suites": (
        "xla_input_padding_of_any_dilated_window_folds",
        "xla_kernel_padding_between_both_folds",
        "xla_pointwise_convolution_with_strides_is_a_product",
        "taso_2_number_times_output_valid",
        "taso_6_concatenated_channels_valid_strides_2_2",
        "taso_10_concatenated_max_pools_valid_strides_1_1",
        "tensorright_padding_goes_into_the_convolution",
        "tensorright_convolution_is_a_dot",
    ),
}
"""Names of claims by kind."""


def true_claims() -> dict[str, dict[str, Theorem]]:
    """All true claims by name, of the catalogue and of each suite."""
    groups = {"catalogue": CATALOGUE} | {s.name: s.theorems for s in SUITES.values()}
    return {
        group: {name: theorem for name, theorem in theorems.items() if theorem.is_true}
        for group, theorems in groups.items()
    }
