// A registry with a lineage of every kind of step, one model of which has weights in a file, and texts of strangers that would break
// files of other formats.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, type Hex, sha256 } from 'viem';
import { openProver } from '../../../scripts/runs/openProver.ts';
import { dataAttestationsAbi } from '../../../src/generated/abi.ts';
import type { Weights } from '../../../src/model/weights.ts';
import { writeWeights } from '../../../src/model/weightsFile.ts';
import { ascending, datasetId } from '../../../src/registry/ids.ts';
import { NO_RULES } from '../../../src/registry/rules.ts';
import { resultId } from '../../../src/registry/statement.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { Contract } from './chain.ts';
import { type ForeignChild, ForeignFixture } from './foreign.ts';
import { importClaim, type Model, type Registered, scoreClaim, type Trained, trainClaim } from './registryFixture.ts';
import { ServedRegistry } from './servedRegistry.ts';

const WIDTHS = [4, 3, 2];

/** At most 64 bytes: ends strings, lines, front matter and tags, names a key of YAML, begins a link, turns letters around. */
export const HOSTILE_NAME = `"'\n---\nlicense: mit\n<script>x</script>[a](b)\u202e|\`#`;
export const HOSTILE_URI = `https://x.example/"><img src=x onerror=alert(1)>\n---\nbase_model: evil/model\n# [click](javascript:1) & {{x}} \u2028 www.evil.example`;

export interface PapersRegistry {
  served: ServedRegistry;
  attestations: Contract;
  /** An import whose weights are `weights`, and a child of it whose weights are `childWeights`. */
  imported: Model;
  child: Trained;
  foreign: ForeignChild;
  /** Below the foreign one. */
  below: Trained;
  /** The file that the import is said to come from. */
  source: string;
  weights: string;
  childWeights: string;
  dataset: Hex;
  /** What the command line takes from the environment. */
  env(rpc: string): Record<string, string>;
}

/** @param folder for the files */
export async function papersRegistry(folder: string): Promise<PapersRegistry> {
  const served = await ServedRegistry.create(1);
  const { fixture } = served;
  const { prover } = await openProver([]);
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const [first, second]: Weights[] = [1n, 2n].map((seed) =>
    seedWeights({ widths: WIDTHS, head: 'squared error' }, seed, seed + 10n),
  );
  const [commitment, childCommitment] = [await prover.commitModel(first), await prover.commitModel(second)];
  await prover.close();
  const original = Buffer.from('the original file of somebody');
  const claim = importClaim(WIDTHS, sha256(original));
  const imported = { ...claim, oracle: { commitment }, statement: { ...claim.statement, commitment } };
  await fixture.submit(imported);
  const draft = trainClaim(imported, served.shard, { passes: 2 });
  const child: Trained = {
    ...draft,
    oracle: { commitment: childCommitment },
    statement: { ...draft.statement, child: childCommitment },
  };
  await fixture.submit(child);
  const foreignFixture = await ForeignFixture.create(fixture);
  const foreign = await foreignFixture.child([child, imported]);
  const below = await fixture.trainModel(foreign.claim, served.shard);
  const { attestations, dataset } = await describe(served, child, served.shard);
  return {
    served,
    attestations,
    imported,
    child,
    foreign,
    below,
    dataset,
    source: file('original.bin', original),
    weights: file('imported.safetensors', writeWeights(first)),
    childWeights: file('child.safetensors', writeWeights(second)),
    env: (rpc) => ({ ...served.env(rpc), DESCENT_ATTESTATIONS: attestations.address }),
  };
}

/** Everything that strangers can say of a model and its data. */
async function describe(served: ServedRegistry, model: Model, shard: Registered) {
  const { fixture, cards } = served;
  const { chain, datasets, trainers, relay, scoreboard, alice, bob } = fixture;
  const beside = [datasets, trainers, relay].map(({ address }) => address);
  const attestations = new Contract(chain, await chain.deploy('DataAttestations', beside), dataAttestationsAbi);
  const list = [ascending([resultId(shard.statement)]), HOSTILE_URI] as const;
  await datasets.send('registerDataset', list, alice);
  const dataset = datasetId(alice, ...list);
  await datasets.send('publish', [dataset, 'https://data.example/rows.zip', `0x${'ab'.repeat(32)}`], alice);
  await attestations.send(
    'attest',
    [{ registrar: alice as Address, shardIds: list[0], uri: HOSTILE_URI }, bob, HOSTILE_URI, HOSTILE_NAME],
    bob,
  );
  const opening = [alice, ...list, NO_RULES];
  const benchmark: Hex = await scoreboard.simulate('openBenchmark', opening, alice);
  await scoreboard.send('openBenchmark', opening, alice);
  await fixture.submit(scoreClaim(model, shard, 12n));
  await scoreboard.send('rank', [resultId(model.statement), benchmark, []]);
  await cards.send('writeCard', [resultId(model.statement), HOSTILE_NAME, HOSTILE_URI], alice);
  return { attestations, dataset };
}
