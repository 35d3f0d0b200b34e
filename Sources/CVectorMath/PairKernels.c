#include "PairKernels.h"

#include <stddef.h>
#include <string.h>

// e^x = scale + scale * rest in double on [-708, 709] and clamped outside:
// x = n ln 2 + r with |r| <= ln 2 / 2, n by adding 1.5 * 2^52 (round to
// nearest), rest = e^r - 1 by the Taylor polynomial of degree 13 (remainder
// below 5e-18), scale = 2^n by its bits. NaN stays NaN. Inlined into every
// variant, so the loops around it vectorise.
struct power_f64 {
  double scale, rest;
};

__attribute__((always_inline)) static inline struct power_f64 power_f64(
    double x) {
  const double magic = 6755399441055744.0;
  x = x < -708.0 ? -708.0 : x;
  x = x > 709.0 ? 709.0 : x;
  const double shifted = x * 1.44269504088896340736 + magic;
  const double n = shifted - magic;
  // The first part of ln 2 has 33 bits: its product with n is exact.
  double r = x - n * 6.93147180369123816490e-01;
  r = r - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r * r + r;
  int64_t whole, zero;
  memcpy(&whole, &shifted, sizeof whole);
  memcpy(&zero, &magic, sizeof zero);
  const uint64_t power = ((uint64_t)whole - (uint64_t)zero + 1023u) << 52;
  double scale;
  memcpy(&scale, &power, sizeof scale);
  return (struct power_f64){scale, p};
}

__attribute__((always_inline)) static inline double exp_f64(double x) {
  const struct power_f64 e = power_f64(x);
  return e.scale + e.scale * e.rest;
}

// e^x - 1. Near 0 the scale is 1 and the polynomial alone is left; elsewhere
// the difference loses no digits, as |e^x - 1| > 1/4.
__attribute__((always_inline)) static inline double expm1_f64(double x) {
  const struct power_f64 e = power_f64(x);
  return (e.scale - 1.0) + e.scale * e.rest;
}

// log(1 + e) for e in [0, 1] by the series of 2 artanh(e / (2 + e)); its
// argument is at most 1/3, and the remainder after z^35 below 4e-19.
__attribute__((always_inline)) static inline double log1p_f64(double e) {
  const double z = e / (2.0 + e);
  const double s = z * z;
  double p = 1.0 / 35;
  p = p * s + 1.0 / 33;
  p = p * s + 1.0 / 31;
  p = p * s + 1.0 / 29;
  p = p * s + 1.0 / 27;
  p = p * s + 1.0 / 25;
  p = p * s + 1.0 / 23;
  p = p * s + 1.0 / 21;
  p = p * s + 1.0 / 19;
  p = p * s + 1.0 / 17;
  p = p * s + 1.0 / 15;
  p = p * s + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  p = p * s;
  return 2.0 * z + 2.0 * z * p;
}

// log x for normal x in [1, 2^63]: x = 2^n (1 + f) with f in [0, 1).
__attribute__((always_inline)) static inline double log_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint64_t mantissa =
      (bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u;
  // The exponent as the low bits of 2^52, which is then taken off.
  const uint64_t exponent = (bits >> 52) | 0x4330000000000000u;
  double m, n;
  memcpy(&m, &mantissa, sizeof m);
  memcpy(&n, &exponent, sizeof n);
  n = n - 4503599627370496.0 - 1023.0;
  const double l = log1p_f64(m - 1.0) + n * 6.93147180559945309417e-01;
  return x - x == 0 ? l : x;
}

// Four steps of eight lanes: the order does not depend on the instruction set.
__attribute__((always_inline)) static inline double sum_f64(const double *x,
                                                            int64_t count) {
  double lanes[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int l = 0; l < 8; ++l) lanes[l] += x[i + l];
  for (int l = 0; i < count; ++i, ++l) lanes[l] += x[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

// A function with it uses registers of 64 bytes where there are any; else two
// of 32 stand for one.
#define CVM_WIDE __attribute__((min_vector_width(512)))

// Before a loop that shall use them.
#define CVM_EIGHT_LANES _Pragma("clang loop vectorize_width(8)")

// Before a loop over an array that shall live in registers.
#define CVM_UNROLLED _Pragma("clang loop unroll(full)")

typedef double lanes8 __attribute__((vector_size(64), aligned(8)));

struct cvm_pair_table {
  void (*margins)(const struct cvm_pair_block *);
  void (*logits)(const struct cvm_pair_block *);
  void (*panel_product)(const double *, const double *, int64_t, int64_t,
                        int64_t, int64_t, const double *, double *, int64_t);
  void (*exp)(const double *, double *, int64_t);
  void (*expm1)(const double *, double *, int64_t);
  void (*softplus)(const double *, double *, int64_t);
};

// WIDEST is the number of channels whose sums fit the registers.
#define V baseline
#define WIDEST 2
#include "pairs.inc"
#undef V
#undef WIDEST

#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))),        \
                             apply_to = function)
#define V avx2
#define WIDEST 6
#include "pairs.inc"
#undef V
#undef WIDEST
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))),        \
                             apply_to = function)
#define V avx512
#define WIDEST 24
#include "pairs.inc"
#undef V
#undef WIDEST
#pragma clang attribute pop
#endif

static const struct cvm_pair_table *table = &pair_table_baseline;

__attribute__((constructor)) static void choose_pair_variant(void) {
#if defined(__x86_64__) && defined(__clang__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd"))
    table = &pair_table_avx512;
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2"))
    table = &pair_table_avx2;
#endif
}

void cvm_pair_margins(const struct cvm_pair_block *block) {
  table->margins(block);
}

void cvm_pair_logits(const struct cvm_pair_block *block) {
  table->logits(block);
}

void cvm_panel_product(const double *panels, const double *coefficients,
                       int64_t inner, int64_t channels, int64_t first,
                       int64_t last, const double *base, double *out,
                       int64_t stride) {
  table->panel_product(panels, coefficients, inner, channels, first, last, base,
                       out, stride);
}

void cvm_exp_f64(const double *x, double *out, int64_t count) {
  table->exp(x, out, count);
}

void cvm_expm1_f64(const double *x, double *out, int64_t count) {
  table->expm1(x, out, count);
}

void cvm_softplus_f64(const double *x, double *out, int64_t count) {
  table->softplus(x, out, count);
}
