import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFunctionData, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { dataAttestationsAbi } from '../../src/generated/abi.ts';
import { attestationTypedData, type SourceWord } from '../../src/registry/attestation.ts';
import {
  formatSignedAttestation,
  parseSignedAttestation,
  type SignedAttestation,
  signedAttestationCall,
} from '../../src/registry/signedAttestation.ts';

const SOURCE = privateKeyToAccount(`0x${'51'.repeat(32)}`);
const ABOUT = { dataset: `0x${'ab'.repeat(32)}`, source: SOURCE.address, nonce: 7n, deadline: 2n ** 64n - 1n } as const;
const WORDS: SourceWord[] = [
  { ...ABOUT, says: 'attest', uri: 'https://source.example/"é', licence: 'CC-BY-4.0' },
  { ...ABOUT, says: 'withdraw' },
];
const PLACE = { chainId: 31337, contract: '0x00000000000000000000000000000000000000dd' } as const;

async function signed(word: SourceWord): Promise<SignedAttestation> {
  return { place: PLACE, word, signature: await SOURCE.signTypedData(attestationTypedData(PLACE, word)) };
}

describe('the file of a signed attestation', () => {
  it('holds all of it, and what a wallet would show', async () => {
    for (const word of WORDS) {
      const made = await signed(word);
      const text = formatSignedAttestation(made);
      assert.deepEqual(parseSignedAttestation(text), made);
      const { typedData, signature } = JSON.parse(text);
      assert.equal(await recoverTypedDataAddress({ ...typedData, signature }), SOURCE.address);
    }
  });

  it('is refused with a field more, fewer or twice, and when what was signed differs from what it says', async () => {
    for (const word of WORDS) {
      const text = formatSignedAttestation(await signed(word));
      const file = JSON.parse(text);
      const refused = (change: object, says: RegExp) =>
        assert.throws(
          () => parseSignedAttestation(JSON.stringify({ ...file, ...change })),
          (error: Error) => {
            assert.ok(error instanceof FileFormatError);
            assert.match(error.message, says);
            return true;
          },
        );
      refused({ more: 1 }, /unknown field/);
      refused({ signature: undefined }, /lacks signature/);
      refused({ format: 'descent-attestation/9' }, /descent-attestation/);
      refused({ says: 'maybe' }, /says/);
      refused({ signature: '0x1' }, /bytes/);
      const address = `0x${'12'.repeat(20)}`;
      for (const change of [
        { chainId: 1 },
        { attestations: address },
        { dataset: `0x${'12'.repeat(32)}` },
        { source: address },
        { nonce: '1' },
        { deadline: '1' },
      ])
        refused(change, /contradicts/);
      assert.throws(() => parseSignedAttestation(text.replace('"nonce"', '"nonce": "7", "nonce"')), /twice/);
      assert.throws(() => parseSignedAttestation(' '.repeat(200_000)), /too large/);
    }
  });

  it('becomes a call that names the dataset by its list', async () => {
    const list = { registrar: SOURCE.address, shardIds: [ABOUT.dataset], uri: 'rows' };
    for (const [word, functionName] of [
      [WORDS[0], 'attestSigned'],
      [WORDS[1], 'withdrawSigned'],
    ] as const) {
      const made = await signed(word);
      const { to, data } = signedAttestationCall(made, list);
      assert.equal(to, made.place.contract);
      const call = decodeFunctionData({ abi: dataAttestationsAbi, data });
      assert.equal(call.functionName, functionName);
      assert.deepEqual(call.args?.slice(0, 2), [list, SOURCE.address]);
      assert.deepEqual(call.args?.slice(-2), [word.deadline, made.signature]);
    }
  });
});
