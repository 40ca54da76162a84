// Datasets on a registry, and sources that attest them.
import { type Address, type Hex, hashTypedData, type TransactionReceipt } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { dataAttestationsAbi } from '../../../src/generated/abi.ts';
import type { ShardShape } from '../../../src/model/shape.ts';
import { attestationTypedData, type SourceWord } from '../../../src/registry/attestation.ts';
import { ascending, datasetId } from '../../../src/registry/ids.ts';
import { resultId } from '../../../src/registry/statement.ts';
import { Contract, testChain } from './chain.ts';
import { RegistryFixture } from './registryFixture.ts';

const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };

/** A source that only signs: it has no Ether. */
export const SOURCE: PrivateKeyAccount = privateKeyToAccount(`0x${'51'.repeat(32)}`);
export const FAR = 2n ** 64n;

/** A dataset as contracts take it. */
export interface List {
  registrar: Address;
  shardIds: readonly Hex[];
  uri: string;
}

export const idOf = ({ registrar, shardIds, uri }: List): Hex => datasetId(registrar, shardIds, uri);

export class AttestationFixture {
  readonly registered: RegistryFixture;
  readonly attestations: Contract;
  #last = 0;

  constructor(registered: RegistryFixture, attestations: Contract) {
    this.registered = registered;
    this.attestations = attestations;
  }

  static async create(): Promise<AttestationFixture> {
    const registered = await RegistryFixture.create(await testChain());
    const { chain, datasets, trainers, relay } = registered;
    const args = [datasets, trainers, relay].map(({ address }) => address);
    const address = await chain.deploy('DataAttestations', args);
    return new AttestationFixture(registered, new Contract(chain, address, dataAttestationsAbi));
  }

  /** Proves some shards. */
  async shards(count: number): Promise<Hex[]> {
    const ids: Hex[] = [];
    for (let k = 0; k < count; k++) ids.push(resultId((await this.registered.registerShard(SHARD)).statement));
    return ascending(ids);
  }

  /** Lists shards as a dataset. */
  async list(shardIds: readonly Hex[], registrar = this.registered.bob): Promise<List> {
    const uri = `ipfs://rows-${++this.#last}`;
    await this.registered.datasets.send('registerDataset', [shardIds, uri], registrar);
    return { registrar, shardIds, uri };
  }

  /** What a source signs about a dataset as things are now. */
  async word<Says extends SourceWord['says']>(
    list: List,
    says: Says,
    rest: Partial<Extract<SourceWord, { says: Says }>> = {},
  ): Promise<SourceWord> {
    const dataset = idOf(list);
    const source = rest.source ?? SOURCE.address;
    const nonce: bigint = await this.attestations.read('nonceOf', [dataset, source]);
    const content = says === 'attest' ? { uri: 'https://source.example', licence: 'CC-BY-4.0' } : {};
    return { dataset, source, nonce, deadline: FAR, says, ...content, ...rest } as SourceWord;
  }

  get place() {
    return { chainId: this.registered.chain.id, contract: this.attestations.address };
  }

  typed(word: SourceWord) {
    return attestationTypedData(this.place, word);
  }

  sign(word: SourceWord, by = SOURCE): Promise<Hex> {
    return by.signTypedData(this.typed(word));
  }

  digest(word: SourceWord): Hex {
    return hashTypedData(this.typed(word));
  }

  /** Name and arguments of the call that carries a signed word. */
  call(list: List, word: SourceWord, signature: Hex): [string, unknown[]] {
    if (word.says === 'withdraw') return ['withdrawSigned', [list, word.source, word.deadline, signature]];
    return ['attestSigned', [list, word.source, word.uri, word.licence, word.deadline, signature]];
  }

  /** Signs and carries. */
  async carry(list: List, word: SourceWord, by = SOURCE): Promise<TransactionReceipt> {
    return this.attestations.send(...this.call(list, word, await this.sign(word, by)));
  }

  /** Gives the rights of a source to another key. */
  async handOn(source: Address, key: Address): Promise<void> {
    const { trainers } = this.registered;
    await trainers.send('offerKey', [source, key], source);
    await trainers.send('acceptKey', [source], key);
  }
}
