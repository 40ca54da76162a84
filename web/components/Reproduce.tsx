import type { ModelShape } from '../../src/model/shape.ts';
import { headWord, smoothingShare } from '../../src/model/smoothing.ts';
import type { Kind, ModelView, Training } from '../lib/chain/types.ts';
import { shapeText } from '../lib/format.ts';
import { Copy } from './Copy.tsx';

const TITLES: Record<Kind, string> = {
  train: 'Train the same step from the released parent and data',
  merge: 'Merge the released parents in the same way',
  import: 'Import the released file again',
  seed: 'Create starting weights like these',
  foreign: '',
};

/** The commands that make this edge again, check it and write papers about its model. */
export function Reproduce({ view }: { view: Pick<ModelView, 'model' | 'config'> }) {
  const { model, config } = view;
  const where = `--rpc ${config.rpc} --registry ${config.registry}`;
  const make = COMMANDS[model.kind](view);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 py-4">
      {make && <Command title={TITLES[model.kind]} text={make} />}
      <Command title="Check it yourself" text={`descent verify ${model.id} ${where}`} />
      <Command
        title="Write its model card, bill of materials and claims for other programs"
        text={`descent papers ${model.id} ${where} --out papers`}
      />
    </div>
  );
}

const COMMANDS: Record<Kind, (view: Pick<ModelView, 'model' | 'config'>) => string | undefined> = {
  train: ({ model }) => model.trainings && trainingCommand(model.trainings, model),
  seed: ({ model, config }) =>
    `descent seed --shape ${shapeText(model)}${headOption(model)} --rpc ${config.rpc} --registry ${config.registry}`,
  import: ({ model }) => `descent import --from float.safetensors --shape ${shapeText(model)}${headOption(model)}`,
  foreign: () => undefined,
  merge: ({ model: { widths, parents, method } }) => {
    // The coefficients alone do not make a child of TIES or DARE.
    if (method !== undefined) return undefined;
    const files = parents.map((_, k) => `parent-${k + 1}.safetensors`);
    const rows = widths.slice(1).map((_, l) => parents.map(({ coefficients }) => coefficients?.[l]).join(','));
    return `descent merge --parents ${files.join(' ')} --coefficients=${rows.join('/')}`;
  },
};

/** Squared error goes without saying. */
function headOption({ head }: ModelShape): string {
  return head === 'squared error' ? '' : ` --head ${headWord(head)}`;
}

/** Segments of one rate, batch and number of passes are one command. */
function trainingCommand(trainings: readonly Training[], { widths, head }: ModelShape): string | undefined {
  const [{ learningRate, batch, passes, smoothing }] = trainings;
  const isAlike = trainings.every(
    (other) =>
      other.learningRate === learningRate &&
      other.batch === batch &&
      other.passes === passes &&
      other.smoothing === smoothing,
  );
  if (!isAlike) return undefined;
  const shards = [...new Set(trainings.map(({ shard }) => shard))];
  const files = trainings.map(({ shard }) => `shard-${shards.indexOf(shard) + 1}.safetensors`);
  const rows = trainings.length === 1 ? '--shard shard.safetensors' : `--shards ${files.join(' ')}`;
  // Six digits are enough to round to the same units.
  const share = smoothingShare(smoothing, head, widths[widths.length - 1]);
  const smoothed = smoothing === 0 ? '' : ` --smoothing ${Number(share.toPrecision(6))}`;
  return `descent train --parent model.safetensors ${rows} --lr-units ${learningRate} --batch ${batch}${passes === 1 ? '' : ` --passes ${passes}`}${smoothed}`;
}

export function Command({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-[0.8125rem] text-soft">{title}</p>
      <div className="flex items-start gap-1 rounded-[3px] border border-line bg-sunk py-1.5 pr-1.5 pl-3">
        <code className="hash min-w-0 flex-1 py-1.5 leading-relaxed break-all whitespace-pre-wrap">{text}</code>
        <Copy text={text} what="command" />
      </div>
    </div>
  );
}
