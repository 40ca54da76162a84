import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import hre from 'hardhat';
import { getAddress, hashTypedData, keccak256, stringToHex } from 'viem';
import { clearSigningText, encodedType, relayAddress } from '../../scripts/build/clearSigning.ts';
import { innerTypesOf, RELAY_DOMAIN, RELAY_TYPES, type RequestType } from '../../src/registry/relay.ts';
import { abiOf, Contract, testChain } from './support/chain.ts';

const FILE = new URL('../../docs/eip712-descent-relay.json', import.meta.url);
// The formats of ERC-7730 that are used here, with the types of a field that they can show and their parameters.
const FORMATS: Record<string, { types: RegExp; params: string[] }> = {
  raw: { types: /^(uint\d*|int\d*|bytes32|string|bool)(\[\])*$/, params: [] },
  addressName: { types: /^address$/, params: ['types', 'sources'] },
  date: { types: /^uint256$/, params: ['encoding'] },
  enum: { types: /^uint8$/, params: ['$ref'] },
};

describe('docs/eip712-descent-relay.json (ERC-7730)', () => {
  const text = readFileSync(FILE, 'utf8');
  const file = JSON.parse(text);
  let relay: Contract;
  before(async () => {
    const chain = await testChain();
    relay = new Contract(chain, await chain.deploy('Relay'), await abiOf('Relay'));
  });

  it('has the sections of the schema and nothing else', () => {
    assert.deepEqual(Object.keys(file), ['$schema', '$comment', 'context', 'metadata', 'display']);
    assert.match(file.$schema, /erc7730-v2\.schema\.json$/);
    assert.deepEqual(Object.keys(file.context), ['eip712']);
    assert.deepEqual(Object.keys(file.context.eip712), ['domain', 'deployments']);
    assert.deepEqual(Object.keys(file.metadata), ['owner', 'contractName', 'enums']);
    assert.deepEqual(Object.keys(file.display), ['formats']);
  });

  // Lines counted for coverage change the code.
  it('is what the code makes, at the address that follows from it', { skip: hre.globalOptions.coverage }, () => {
    assert.equal(text, clearSigningText());
    for (const { chainId, address } of file.context.eip712.deployments) {
      assert.ok(Number.isSafeInteger(chainId));
      assert.equal(address, getAddress(address));
    }
    assert.notEqual(relayAddress('0x00'), file.context.eip712.deployments[0].address);
  });

  it("has the contract's domain", async () => {
    const [, name, version, chainId, verifyingContract] = await relay.read('eip712Domain');
    assert.deepEqual(file.context.eip712.domain, { name, version });
    assert.deepEqual({ ...RELAY_DOMAIN }, { name, version });
    assert.deepEqual([chainId, verifyingContract], [31337n, relay.address]);
  });

  it('gives every field of every struct a label and a format that fits its type, once and in order', () => {
    const kinds = Object.keys(RELAY_TYPES) as RequestType[];
    assert.deepEqual(Object.keys(file.display.formats), kinds.map(encodedType));
    for (const kind of kinds) {
      const { intent, fields, ...rest } = file.display.formats[encodedType(kind)];
      assert.ok(intent.length > 0 && intent.length <= 30, intent);
      assert.deepEqual(rest, {});
      const leaves = leavesOf(kind);
      assert.equal(fields.length, leaves.length);
      for (const [i, { name, type, at }] of leaves.entries()) {
        const { path, label, format, params = {}, ...others } = fields[i];
        assert.equal(path, at);
        assert.ok(label.length > 0, name);
        assert.match(type, FORMATS[format].types, `${name} as ${format}`);
        assert.deepEqual(Object.keys(params), FORMATS[format].params);
        assert.deepEqual(others, {});
        if (params.$ref) assert.equal(params.$ref, `$.metadata.enums.${name}`);
      }
    }
  });

  it('names the kinds of shards, the heads of models and their marks', () => {
    const { kind, head, mark, ...others } = file.metadata.enums;
    assert.deepEqual(kind, { 0: 'numbers', 1: 'classes', 2: 'labels' });
    assert.deepEqual(mark, { 0: 'current (takes the status back)', 1: 'deprecated', 2: 'withdrawn' });
    assert.deepEqual(head, { 0: 'numbers', 1: 'one class (softmax)', 2: 'any labels (sigmoid)' });
    assert.deepEqual(others, {});
  });

  it('names the types by the very strings that are hashed', () => {
    for (const kind of Object.keys(RELAY_TYPES) as RequestType[]) {
      // The hash of an empty domain and a struct tells which type string viem hashed.
      const values: Record<string, unknown> = {
        bool: false,
        address: `0x${'00'.repeat(20)}`,
        bytes32: `0x${'00'.repeat(32)}`,
      };
      const message = Object.fromEntries(
        RELAY_TYPES[kind].map(({ name, type }) => [
          name,
          type.endsWith('[]') ? [] : type === 'string' ? '' : (values[type] ?? 0n),
        ]),
      );
      const types = { [kind]: RELAY_TYPES[kind], ...innerTypesOf(kind) };
      const typed = { domain: {}, types, primaryType: kind, message };
      const words = RELAY_TYPES[kind].map(({ type }) =>
        type.endsWith('[]') || type === 'string' ? keccak256('0x').slice(2) : '00'.repeat(32),
      );
      const struct = keccak256(`0x${keccak256(stringToHex(encodedType(kind))).slice(2)}${words.join('')}`);
      const domain = keccak256(keccak256(stringToHex('EIP712Domain()')));
      assert.equal(hashTypedData(typed as never), keccak256(`0x1901${domain.slice(2)}${struct.slice(2)}`), kind);
    }
  });
});

/** The fields of a type, those of structs within it in their places, with the path of each. */
function leavesOf(kind: RequestType): { name: string; type: string; at: string }[] {
  const inner = innerTypesOf(kind);
  return RELAY_TYPES[kind].flatMap(({ name, type }) => {
    const at = `${name}${'.[]'.repeat(type.split('[]').length - 1)}`;
    const within = inner[type.replaceAll('[]', '')];
    return within ? within.map((field) => ({ ...field, at: `${at}.${field.name}` })) : [{ name, type, at }];
  });
}
