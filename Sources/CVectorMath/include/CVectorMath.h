#pragma once

// Row and element kernels that BLAS does not have, in float and double.
//
// Matrices are row-major, without padding unless a stride is named. Each kernel exists in a portable
// form and, on x86-64, in forms compiled for AVX2 and AVX-512; the best that
// the processor runs is chosen once, when the library is loaded. Sums run in
// a fixed order, so a kernel's result depends on its arguments alone.

#include <stdint.h>

#include "PairKernels.h"
#include "PanelKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The activations, by the numbers that the Swift side gives them.
enum cvm_activation {
  CVM_IDENTITY = 0,
  CVM_RELU = 1,
  CVM_TANH = 2,
  CVM_SOFTPLUS = 3,
  CVM_SQUARE = 4,
  CVM_SIGMOID = 5,
  CVM_GELU = 6,
};

#define CVM_DECLARE(T, S)                                                      \
  /* out[r] = wa[r] table[a[r]] + wb[r] table[b[r]] (+ bias unless NULL) */    \
  void cvm_combine_rows_##S(T *out, const T *table, int64_t columns,           \
                            int64_t rows, const int32_t *a, const int32_t *b,  \
                            const double *wa, const double *wb,                \
                            const T *bias);                                    \
  /* table[i] = sum over r of wa[r] in[r] [a[r] = i] + wb[r] in[r] [b[r] = i], \
     for begin <= i < end, rows at a distance of `stride` */                   \
  void cvm_fold_rows_##S(T *table, int64_t stride, int64_t begin,              \
                         int64_t end, const T *in, int64_t columns,            \
                         int64_t rows, const int32_t *a, const int32_t *b,     \
                         const double *wa, const double *wb);                  \
  /* out[r] = table[index[r]], rows of `out` at a distance of `stride` */       \
  void cvm_gather_rows_##S(T *out, int64_t stride, const T *table,             \
                           int64_t columns, int64_t rows,                      \
                           const int32_t *index);                              \
  /* inout[r] += bias */                                                        \
  void cvm_add_bias_##S(T *inout, const T *bias, int64_t rows,                 \
                        int64_t columns);                                      \
  /* z = activation(u) */                                                      \
  void cvm_activate_##S(int32_t activation, const T *u, T *z, int64_t count);  \
  /* out = in * activation'(u); in may be out */                               \
  void cvm_times_slope_##S(int32_t activation, const T *u, const T *in,        \
                           T *out, int64_t count);                             \
  /* out += in * activation''(u) * tangent */                                  \
  void cvm_add_times_curvature_##S(int32_t activation, const T *u,             \
                                   const T *tangent, const T *in, T *out,      \
                                   int64_t count);                             \
  /* row by row: out = in - log sum exp(in); in may be out */                  \
  void cvm_log_softmax_##S(const T *in, T *out, int64_t rows,                  \
                           int64_t columns);                                   \
  /* losses[r] = -(w[r] logp[r, a[r]] + (1 - w[r]) logp[r, b[r]]);             \
     a zero weight takes its term out, whatever the logarithm is */            \
  void cvm_mixed_cross_entropy_##S(const T *logp, int64_t rows,                \
                                   int64_t classes, const int32_t *a,          \
                                   const int32_t *b, const double *w,          \
                                   double *losses);                            \
  /* out[r] = scale[r] (exp(logp[r]) - w[r] e_a[r] - (1 - w[r]) e_b[r]) */     \
  void cvm_cross_entropy_gradient_##S(const T *logp, T *out, int64_t rows,     \
                                      int64_t classes, const int32_t *a,       \
                                      const int32_t *b, const double *w,       \
                                      const double *scale);                    \
  /* losses[r] = |f - w e_a - (1 - w) e_b|^2 / 2, or, where losses are mixed,    \
     w |f - e_a|^2 / 2 + (1 - w) |f - e_b|^2 / 2 */                            \
  void cvm_mixed_squared_error_##S(const T *logits, int64_t rows,              \
                                   int64_t classes, const int32_t *a,          \
                                   const int32_t *b, const double *w,          \
                                   int32_t mixes_losses, double *losses);      \
  /* out[r] = scale[r] (logits[r] - w[r] e_a[r] - (1 - w[r]) e_b[r]) */        \
  void cvm_squared_error_gradient_##S(const T *logits, T *out, int64_t rows,   \
                                      int64_t classes, const int32_t *a,       \
                                      const int32_t *b, const double *w,       \
                                      const double *scale);                    \
  /* out[c] = sum over r of in[r, c] */                                        \
  void cvm_column_sums_##S(const T *in, int64_t rows, int64_t columns,         \
                           T *out);                                            \
  /* out[g, k] = in[k] * factors[g], element by element */                     \
  void cvm_spread_groups_##S(const T *in, const T *factors, T *out,            \
                             int64_t groups, int64_t repeats,                  \
                             int64_t columns);                                 \
  /* out[r] = sum over c of in[r, c]^2, in double */                           \
  void cvm_row_square_norms_##S(const T *in, int64_t rows, int64_t columns,    \
                                double *out);                                  \
  /* whether no element is NaN or infinite */                                   \
  int32_t cvm_all_finite_##S(const T *in, int64_t count);                      \
  /* g += decay w; v = momentum v + g; w -= rate v (or g + momentum v) */      \
  void cvm_descend_##S(T *w, T *v, const T *g, int64_t count,                  \
                       struct cvm_descent how);

CVM_DECLARE(float, f32)
CVM_DECLARE(double, f64)

/// The name of the chosen form: "baseline", "AVX2" or "AVX-512".
const char *cvm_variant(void);

#ifdef __cplusplus
}
#endif
