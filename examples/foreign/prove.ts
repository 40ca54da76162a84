// Prunes a model of the example's shape and proves it; README.md has the options.
import { parseArgs } from 'node:util';
import { getAddress } from 'viem';
import { writeDurably } from '../../scripts/files/durable.ts';
import { readWeightsFile } from '../../scripts/files/models.ts';
import { loadSrs } from '../../scripts/setup/srs.ts';
import { Curve } from '../../src/argument/curve.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { isNetworkWeights } from '../../src/model/networkWeights.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { commitOver, provePruned, prune } from './pruned.ts';
import { prunedKey } from './setup.ts';

const NAMES = ['parent', 'keep', 'child', 'chain', 'registry', 'adapter', 'trainer', 'out'] as const;

const { values } = parseArgs({ options: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])) });
const given = (name: (typeof NAMES)[number]): string => {
  const value = values[name];
  if (typeof value !== 'string') throw new InputError(`--${name} is missing.`);
  return value;
};

const parent = readWeightsFile(given('parent'));
if (isNetworkWeights(parent)) throw new InputError('The example takes no convolutional networks.');
const context = {
  chainId: BigInt(given('chain')),
  registry: getAddress(given('registry')),
  adapter: getAddress(given('adapter')),
  trainer: getAddress(given('trainer')),
};
const child = prune(parent, Number(given('keep')));
const [srs, curve] = await Promise.all([loadSrs(), Curve.load()]);
const proved = await provePruned(commitOver({ curve, srs }), await prunedKey(), { parent, child, context });
writeDurably(given('child'), writeWeights(child));
writeDurably(given('out'), `${proved.proof}\n`);
console.log(`parent   ${proved.parent}\nchild    ${proved.child}\nkept     ${proved.kept}`);
process.exit();
