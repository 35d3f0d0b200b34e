#pragma once

// Products of a packed matrix A, inner x columns, with rows that come in groups
// of equal zeros.
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
                          const T *factors, T *out);

CVM_DECLARE_PANELS(float, f32)
CVM_DECLARE_PANELS(double, f64)

#undef CVM_DECLARE_PANELS

#ifdef __cplusplus
}
#endif
