#include "CVectorMath.h"

#include "descent.inc"

#include <math.h>
#include <string.h>

#define CVM_TABLE(T, S)                                                        \
  struct cvm_table_##S {                                                       \
    void (*combine_rows)(T *, const T *, int64_t, int64_t, const int32_t *,    \
                         const int32_t *, const double *, const double *,      \
                         const T *);                                           \
    void (*fold_rows)(T *, int64_t, int64_t, int64_t, const T *, int64_t,      \
                      int64_t, const int32_t *, const int32_t *,               \
                      const double *, const double *);                         \
    void (*gather_rows)(T *, int64_t, const T *, int64_t, int64_t,             \
                        const int32_t *);                                      \
    void (*add_bias)(T *, const T *, int64_t, int64_t);                        \
    void (*activate)(int32_t, const T *, T *, int64_t);                        \
    void (*times_slope)(int32_t, const T *, const T *, T *, int64_t);          \
    void (*add_times_curvature)(int32_t, const T *, const T *, const T *, T *, \
                                int64_t);                                      \
    void (*log_softmax)(const T *, T *, int64_t, int64_t);                     \
    void (*mixed_cross_entropy)(const T *, int64_t, int64_t, const int32_t *,  \
                                const int32_t *, const double *, double *);    \
    void (*cross_entropy_gradient)(const T *, T *, int64_t, int64_t,           \
                                   const int32_t *, const int32_t *,           \
                                   const double *, const double *);            \
    void (*mixed_squared_error)(const T *, int64_t, int64_t, const int32_t *,  \
                                const int32_t *, const double *, int32_t,      \
                                double *);                                     \
    void (*squared_error_gradient)(const T *, T *, int64_t, int64_t,           \
                                   const int32_t *, const int32_t *,           \
                                   const double *, const double *);            \
    void (*column_sums)(const T *, int64_t, int64_t, T *);                     \
    void (*spread_groups)(const T *, const T *, T *, int64_t, int64_t,         \
                          int64_t);                                            \
    void (*row_square_norms)(const T *, int64_t, int64_t, double *);           \
    int32_t (*all_finite)(const T *, int64_t);                                 \
    void (*descend)(T *, T *, const T *, int64_t, struct cvm_descent);         \
  };

CVM_TABLE(float, f32)
CVM_TABLE(double, f64)

// Before a loop whose turns do not depend on each other.
#define CVM_ELEMENTWISE _Pragma("clang loop vectorize(assume_safety)")

static inline int32_t bits_of(float x) {
  int32_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static inline float float_of(int32_t b) {
  float x;
  memcpy(&x, &b, sizeof x);
  return x;
}

// e^x in float, within 2 ulp on [-87, 88] and clamped outside: x = n ln 2 + r
// with |r| <= ln 2 / 2, n by adding 1.5 * 2^23 (round to nearest), e^r by the
// Taylor polynomial of degree 7 (remainder below 5e-9), 2^n by its bits. NaN
// stays NaN. Inlined into every variant, so the loops around it vectorise.
__attribute__((always_inline)) static inline float exp_f32(float x) {
  const float magic = 12582912.0f;
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifted = x * 1.44269504088896341f + magic;
  const float n = shifted - magic;
  float r = x - n * 0.693145751953125f;
  r = r - n * 1.42860682030941723e-6f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t power =
      ((uint32_t)bits_of(shifted) - (uint32_t)bits_of(magic) + 127u) << 23;
  return p * float_of((int32_t)power);
}

#define CVM_FLOAT_LIBM(name) name##f
#define CVM_DOUBLE_LIBM(name) name

#define V baseline
#include "variant.inc"
#undef V

#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))),        \
                             apply_to = function)
#define V avx2
#include "variant.inc"
#undef V
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))),        \
                             apply_to = function)
#define V avx512
#include "variant.inc"
#undef V
#pragma clang attribute pop
#endif

static const struct cvm_table_f32 *table_f32 = &table_f32_baseline;
static const struct cvm_table_f64 *table_f64 = &table_f64_baseline;
static const char *variant = "baseline";

__attribute__((constructor)) static void choose_variant(void) {
#if defined(__x86_64__) && defined(__clang__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd")) {
    table_f32 = &table_f32_avx512;
    table_f64 = &table_f64_avx512;
    variant = "AVX-512";
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2")) {
    table_f32 = &table_f32_avx2;
    table_f64 = &table_f64_avx2;
    variant = "AVX2";
  }
#endif
}

const char *cvm_variant(void) { return variant; }

#define CVM_DEFINE(T, S)                                                       \
  void cvm_combine_rows_##S(T *out, const T *table, int64_t columns,           \
                            int64_t rows, const int32_t *a, const int32_t *b,  \
                            const double *wa, const double *wb,                \
                            const T *bias) {                                   \
    table_##S->combine_rows(out, table, columns, rows, a, b, wa, wb, bias);    \
  }                                                                            \
  void cvm_fold_rows_##S(T *table, int64_t stride, int64_t begin,              \
                         int64_t end, const T *in, int64_t columns,            \
                         int64_t rows, const int32_t *a, const int32_t *b,     \
                         const double *wa, const double *wb) {                 \
    table_##S->fold_rows(table, stride, begin, end, in, columns, rows, a, b,   \
                         wa, wb);                                              \
  }                                                                            \
  void cvm_gather_rows_##S(T *out, int64_t stride, const T *table,             \
                           int64_t columns, int64_t rows,                      \
                           const int32_t *index) {                             \
    table_##S->gather_rows(out, stride, table, columns, rows, index);          \
  }                                                                            \
  void cvm_add_bias_##S(T *inout, const T *bias, int64_t rows,                 \
                        int64_t columns) {                                     \
    table_##S->add_bias(inout, bias, rows, columns);                           \
  }                                                                            \
  void cvm_activate_##S(int32_t activation, const T *u, T *z, int64_t count) { \
    table_##S->activate(activation, u, z, count);                              \
  }                                                                            \
  void cvm_times_slope_##S(int32_t activation, const T *u, const T *in,        \
                           T *out, int64_t count) {                            \
    table_##S->times_slope(activation, u, in, out, count);                     \
  }                                                                            \
  void cvm_add_times_curvature_##S(int32_t activation, const T *u,             \
                                   const T *tangent, const T *in, T *out,      \
                                   int64_t count) {                            \
    table_##S->add_times_curvature(activation, u, tangent, in, out, count);    \
  }                                                                            \
  void cvm_log_softmax_##S(const T *in, T *out, int64_t rows,                  \
                           int64_t columns) {                                  \
    table_##S->log_softmax(in, out, rows, columns);                            \
  }                                                                            \
  void cvm_mixed_cross_entropy_##S(const T *logp, int64_t rows,                \
                                   int64_t classes, const int32_t *a,          \
                                   const int32_t *b, const double *w,          \
                                   double *losses) {                           \
    table_##S->mixed_cross_entropy(logp, rows, classes, a, b, w, losses);      \
  }                                                                            \
  void cvm_cross_entropy_gradient_##S(const T *logp, T *out, int64_t rows,     \
                                      int64_t classes, const int32_t *a,       \
                                      const int32_t *b, const double *w,       \
                                      const double *scale) {                   \
    table_##S->cross_entropy_gradient(logp, out, rows, classes, a, b, w,       \
                                      scale);                                  \
  }                                                                            \
  void cvm_mixed_squared_error_##S(const T *logits, int64_t rows,              \
                                   int64_t classes, const int32_t *a,          \
                                   const int32_t *b, const double *w,          \
                                   int32_t mixes_losses, double *losses) {     \
    table_##S->mixed_squared_error(logits, rows, classes, a, b, w,             \
                                   mixes_losses, losses);                      \
  }                                                                            \
  void cvm_squared_error_gradient_##S(const T *logits, T *out, int64_t rows,   \
                                      int64_t classes, const int32_t *a,       \
                                      const int32_t *b, const double *w,       \
                                      const double *scale) {                   \
    table_##S->squared_error_gradient(logits, out, rows, classes, a, b, w,     \
                                      scale);                                  \
  }                                                                            \
  void cvm_column_sums_##S(const T *in, int64_t rows, int64_t columns,         \
                           T *out) {                                           \
    table_##S->column_sums(in, rows, columns, out);                            \
  }                                                                            \
  void cvm_spread_groups_##S(const T *in, const T *factors, T *out,            \
                             int64_t groups, int64_t repeats,                  \
                             int64_t columns) {                                \
    table_##S->spread_groups(in, factors, out, groups, repeats, columns);      \
  }                                                                            \
  void cvm_row_square_norms_##S(const T *in, int64_t rows, int64_t columns,    \
                                double *out) {                                 \
    table_##S->row_square_norms(in, rows, columns, out);                       \
  }                                                                            \
  int32_t cvm_all_finite_##S(const T *in, int64_t count) {                     \
    return table_##S->all_finite(in, count);                                   \
  }                                                                            \
  void cvm_descend_##S(T *w, T *v, const T *g, int64_t count,                  \
                       struct cvm_descent how) {                               \
    table_##S->descend(w, v, g, count, how);                                   \
  }

CVM_DEFINE(float, f32)
CVM_DEFINE(double, f64)
