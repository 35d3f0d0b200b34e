#pragma once

// Kernels of the sums over all pairs of samples, in double.
//
// A block holds the pairs (i, j) of some rows i with some columns j, and each
// pair stands for both of its orders: `forward` is the mixture with weight
// lambda on i, `backward` the one with weight lambda on j. A block on the
// diagonal holds every pair twice; it has no `column_sums`, and its loss counts
// the forward order alone.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The most columns of a block of pairs.
#define CVM_PAIR_COLUMNS 64

/// The most classes of a block of pairs.
#define CVM_PAIR_CLASSES 64

/// A block of pairs: what is known of it and where its sums go.
struct cvm_pair_block {
  int64_t rows;
  int64_t columns;
  /// 2: `gram` and the norms are those of class 0 minus those of class 1.
  int64_t classes;
  /// <s_i, s_j>, with `stride` between rows and `class_stride` between classes.
  const double *gram;
  int64_t stride;
  int64_t class_stride;
  /// <s_i, s_i> and <s_j, s_j>, `norm_stride` between classes.
  const double *row_norms;
  const double *column_norms;
  int64_t norm_stride;
  const int32_t *row_labels;
  const int32_t *column_labels;
  /// The rule over lambda; not read where each pair has its own.
  int64_t nodes;
  const double *lambdas;
  const double *node_weights;
  /// Weight of each pair in both orders, or NULL for 1.
  const double *forward_weights;
  const double *backward_weights;
  /// Each pair's own lambda in both orders, or NULL for the rule.
  const double *forward_lambdas;
  const double *backward_lambdas;
  int64_t pair_stride;
  /// out: lambda (1 - lambda) (G_ij + G_ji), strides as of `gram`; may be `gram`.
  double *coupling;
  /// inout, `norm_stride` between classes:
  /// row_sums[i] += sum over j of lambda^2 G_ij + (1 - lambda)^2 G_ji,
  /// column_sums[j] += sum over i of (1 - lambda)^2 G_ij + lambda^2 G_ji.
  double *row_sums;
  double *column_sums;
  /// inout: the sum of the losses; NULL where nobody asks.
  double *loss;
};

/// The sums of a block of two classes, with one sigmoid per ordered pair:
/// G = sigmoid(F_0 - F_1) - the label weight of class 0. `class_stride` is not
/// read; class 1 has the same sums with the other sign.
void cvm_pair_margins(const struct cvm_pair_block *block);

/// The sums of a block of any number of classes.
void cvm_pair_logits(const struct cvm_pair_block *block);

/// out[c, j] = base[c, j] + sum over k of coefficients[k, c] matrix[k, j].
///
/// `panels` holds the matrix in panels of 8 columns, each `inner` x 8, the last
/// one filled up with zeros. `out` and `base` have `stride` between channels c;
/// base is NULL for 0. Only the columns first ..< last of whole panels and the
/// last column are written; `first` is a multiple of 8.
void cvm_panel_product(const double *panels, const double *coefficients,
                       int64_t inner, int64_t channels, int64_t first,
                       int64_t last, const double *base, double *out,
                       int64_t stride);

/// out[i] = e^x[i], within 1 ulp on [-708, 709] and clamped outside.
void cvm_exp_f64(const double *x, double *out, int64_t count);

/// out[i] = e^x[i] - 1, within 3 ulp on [-708, 709] and clamped outside.
void cvm_expm1_f64(const double *x, double *out, int64_t count);

/// out[i] = log(1 + e^x[i]), within 3 ulp.
void cvm_softplus_f64(const double *x, double *out, int64_t count);

#ifdef __cplusplus
}
#endif
