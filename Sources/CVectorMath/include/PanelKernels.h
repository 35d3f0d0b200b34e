#pragma once

// Products of a packed matrix A, inner x columns, with rows that come in groups
// of equal zeros and with plain rows; its transpose and its descent.
//
// A lies in panels of 64 bytes' columns (the last filled up with zeros), row
// after row; where it is lower triangular, a panel begins at its own diagonal.
// The `repeats` rows of a group, one behind the other, are zero but at the
// group's `counts` places in `active`, groups x inner, in rising order; where
// `active` is null, they may be nonzero anywhere.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The constants of one step of stochastic gradient descent.
struct cvm_descent {
  double learning_rate;
  double momentum;
  double weight_decay;
  int32_t nesterov;
};

#define CVM_DECLARE_PANELS(T, S)                                               \
  /* active[g] = the places of in[g], groups x columns, that are not zero */   \
  void cvm_active_places_##S(const T *in, int64_t groups, int64_t columns,     \
                             int32_t *active, int32_t *counts);                \
  /* out[r] = ||A^T rows[r]||^2, squares in double */                          \
  void cvm_panel_norms_##S(const T *panels, int64_t inner, int64_t columns,    \
                           int32_t lower, const T *rows, int64_t groups,       \
                           int64_t repeats, const int32_t *active,             \
                           const int32_t *counts, double *out);                \
  /* out[r, c] = (A^T rows[r])[c] * factors[g, c] */                           \
  void cvm_panel_rows_##S(const T *panels, int64_t inner, int64_t columns,     \
                          const T *rows, int64_t groups, int64_t repeats,      \
                          const int32_t *active, const int32_t *counts,        \
                          const T *factors, T *out);                           \
  /* out[r] = A^T rows[r]; rows and their products at distances of their own */ \
  void cvm_layer_rows_##S(const T *panels, int64_t inner, int64_t columns,     \
                          const T *rows, int64_t stride, int64_t count,        \
                          T *out, int64_t out_stride);                         \
  /* One step along the gradient sum over s of inputs[s] gradients[s]^T, for   \
     the rows begin ..< end of A: d = gradient + decay A;                      \
     V = momentum V + d; A -= rate V (or d + momentum V). The gradients go on  \
     to the end of the last panel, with any numbers. */                        \
  void cvm_layer_descent_##S(                                                  \
      T *weights, T *velocity, int64_t inner, int64_t columns, int64_t begin,  \
      int64_t end, const T *inputs, int64_t input_stride, const T *gradients,  \
      int64_t gradient_stride, int64_t samples, struct cvm_descent how);       \
  /* Writes A[begin ..< end, first ..< last] into the panels of A^T; begin and \
     first are multiples of a panel's width */                                 \
  void cvm_layer_transpose_##S(const T *panels, int64_t inner, int64_t columns,     \
                          int64_t first, int64_t last, int64_t begin,          \
                          int64_t end, T *out);

CVM_DECLARE_PANELS(float, f32)
CVM_DECLARE_PANELS(double, f64)

#undef CVM_DECLARE_PANELS

#ifdef __cplusplus
}
#endif
