#pragma once

/// What this processor, as the operating system lets it be used, can run.
typedef enum CProcessorLevel {
  /// Anything else: another architecture, or x86 before AVX2.
  CProcessorLevelBasic = 0,
  /// AVX2 and FMA: 256-bit fused multiply-add.
  CProcessorLevelAVX2 = 1,
  /// AVX-512 F, BW, DQ and VL: what server processors have since 2017.
  CProcessorLevelAVX512 = 2,
} CProcessorLevel;

CProcessorLevel CProcessorGetLevel(void);
