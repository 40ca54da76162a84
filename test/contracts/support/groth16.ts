import { encodeFunctionData, type Hex, toFunctionSelector } from 'viem';

/** `verifyProof` of a snarkjs verifier with `count` public signals. */
export function verifyProof(count: number) {
  const signature = `verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[${count}])`;
  const input = (name: string, type: string) => ({ name, type });
  const abi = {
    type: 'function',
    name: 'verifyProof',
    stateMutability: 'view',
    inputs: [
      input('a', 'uint256[2]'),
      input('b', 'uint256[2][2]'),
      input('c', 'uint256[2]'),
      input('signals', `uint256[${count}]`),
    ],
    outputs: [{ name: '', type: 'bool' }],
  } as const;
  return { selector: toFunctionSelector(signature), abi };
}

/** The call of a verifier, encoded by viem. @param words the proof: a, b, c */
export function verifierCall(words: readonly bigint[], signals: readonly bigint[]): Hex {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = words;
  return encodeFunctionData({
    abi: [verifyProof(signals.length).abi],
    functionName: 'verifyProof',
    args: [
      [ax, ay],
      [
        [bx1, bx0],
        [by1, by0],
      ],
      [cx, cy],
      signals,
    ],
  });
}
