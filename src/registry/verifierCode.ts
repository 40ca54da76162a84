import type { Hex } from 'viem';

interface KeyPoints {
  IC: string[][];
  vk_alpha_1: string[];
  vk_beta_2: string[][];
  vk_gamma_2: string[][];
  vk_delta_2: string[][];
}

/**
 * How many numbers of a verification key a contract's code lacks: a verifier made for the key holds all of them as
 * constants. None missing does not show that the code uses them.
 * @param key as snarkjs exports it
 */
export function missingKeyNumbers(key: Record<string, unknown>, code: Hex): number {
  const { IC, vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2 } = key as unknown as KeyPoints;
  const numbers = [
    ...IC.flatMap((point) => point.slice(0, 2)),
    ...vk_alpha_1.slice(0, 2),
    ...[vk_beta_2, vk_gamma_2, vk_delta_2].flatMap((point) => point.slice(0, 2).flat()),
  ];
  return numbers.filter((number) => !code.includes(BigInt(number).toString(16))).length;
}
