#include "PanelKernels.h"

#include "descent.inc"

#include <stddef.h>
#include <string.h>

// A function with it uses registers of 64 bytes where there are any; else
// several smaller ones stand for one.
#define CVM_WIDE __attribute__((min_vector_width(512)))

// Before a loop over an array that shall live in registers.
#define CVM_UNROLLED _Pragma("clang loop unroll(full)")

#define CVM_PANEL_TABLE(T, S)                                                  \
  struct cvm_panel_table_##S {                                                 \
    void (*active_places)(const T *, int64_t, int64_t, int32_t *, int32_t *);  \
    void (*norms)(const T *, int64_t, int64_t, int32_t, const T *, int64_t,    \
                  int64_t, const int32_t *, const int32_t *, double *);        \
    void (*rows)(const T *, int64_t, int64_t, const T *, int64_t, int64_t,     \
                 const int32_t *, const int32_t *, const T *, T *);            \
    void (*layer_rows)(const T *, int64_t, int64_t, const T *, int64_t,        \
                       int64_t, T *, int64_t);                                 \
    void (*layer_descent)(T *, T *, int64_t, int64_t, int64_t, int64_t,        \
                          const T *, int64_t, const T *, int64_t, int64_t,     \
                          struct cvm_descent);                                 \
    void (*layer_transpose)(const T *, int64_t, int64_t, int64_t, int64_t, int64_t, \
                       int64_t, T *);                                          \
  };

CVM_PANEL_TABLE(float, f32)
CVM_PANEL_TABLE(double, f64)

// TILE is the number of rows whose sums over a panel fit the registers.
#define V baseline
#define TILE 2
#include "panels-variant.inc"
#undef V
#undef TILE

#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))),        \
                             apply_to = function)
#define V avx2
#define TILE 6
#include "panels-variant.inc"
#undef V
#undef TILE
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))),        \
                             apply_to = function)
#define V avx512
#define TILE 24
#include "panels-variant.inc"
#undef V
#undef TILE
#pragma clang attribute pop
#endif

static const struct cvm_panel_table_f32 *table_f32 = &panel_table_f32_baseline;
static const struct cvm_panel_table_f64 *table_f64 = &panel_table_f64_baseline;

__attribute__((constructor)) static void choose_panel_variant(void) {
#if defined(__x86_64__) && defined(__clang__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd")) {
    table_f32 = &panel_table_f32_avx512;
    table_f64 = &panel_table_f64_avx512;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2")) {
    table_f32 = &panel_table_f32_avx2;
    table_f64 = &panel_table_f64_avx2;
  }
#endif
}

#define CVM_DEFINE(T, S)                                                       \
  void cvm_active_places_##S(const T *in, int64_t groups, int64_t columns,     \
                             int32_t *active, int32_t *counts) {               \
    table_##S->active_places(in, groups, columns, active, counts);             \
  }                                                                            \
  void cvm_panel_norms_##S(const T *panels, int64_t inner, int64_t columns,    \
                           int32_t lower, const T *rows, int64_t groups,       \
                           int64_t repeats, const int32_t *active,             \
                           const int32_t *counts, double *out) {               \
    table_##S->norms(panels, inner, columns, lower, rows, groups, repeats,     \
                     active, counts, out);                                     \
  }                                                                            \
  void cvm_panel_rows_##S(const T *panels, int64_t inner, int64_t columns,     \
                          const T *rows, int64_t groups, int64_t repeats,      \
                          const int32_t *active, const int32_t *counts,        \
                          const T *factors, T *out) {                          \
    table_##S->rows(panels, inner, columns, rows, groups, repeats, active,     \
                    counts, factors, out);                                     \
  }                                                                            \
  void cvm_layer_rows_##S(const T *panels, int64_t inner, int64_t columns,     \
                          const T *rows, int64_t stride, int64_t count,        \
                          T *out, int64_t out_stride) {                        \
    table_##S->layer_rows(panels, inner, columns, rows, stride, count, out,    \
                          out_stride);                                         \
  }                                                                            \
  void cvm_layer_descent_##S(                                                  \
      T *weights, T *velocity, int64_t inner, int64_t columns, int64_t begin,  \
      int64_t end, const T *inputs, int64_t input_stride, const T *gradients,  \
      int64_t gradient_stride, int64_t samples, struct cvm_descent how) {      \
    table_##S->layer_descent(weights, velocity, inner, columns, begin, end,    \
                             inputs, input_stride, gradients, gradient_stride, \
                             samples, how);                                    \
  }                                                                            \
  void cvm_layer_transpose_##S(const T *panels, int64_t inner, int64_t columns,     \
                          int64_t first, int64_t last, int64_t begin,          \
                          int64_t end, T *out) {                               \
    table_##S->layer_transpose(panels, inner, columns, first, last, begin, end,     \
                          out);                                                \
  }

CVM_DEFINE(float, f32)
CVM_DEFINE(double, f64)
