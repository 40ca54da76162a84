/** Whether relaxed multiply-add rounds once here, as `lanes.ts` assumes; the standard lets it round twice. */
export function isFused(): bool {
  // (2^27 + 1)^2 - 2^54 = 2^28 + 1; the 1 is lost where the product is rounded
  const a = v128.load64_splat(PROBE);
  return f64x2.extract_lane(v128.relaxed_madd<f64>(a, a, v128.load64_splat(PROBE, 8)), 0) == 268435457;
}

const PROBE: usize = memory.data<f64>([134217729.0, -18014398509481984.0]);
