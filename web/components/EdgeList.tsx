import Link from 'next/link';
import type { Kind, Model, ModelParent } from '../lib/chain/types.ts';
import { count, moment, plural } from '../lib/format.ts';
import { sumOf } from '../lib/training.ts';
import { ModelLink, ModelName, Person } from './Identity.tsx';
import { KIND_NAMES } from './KindSymbol.tsx';

/** Nodes with the edge that made each, the newest first. */
export function EdgeList({ models, people }: { models: Model[]; people: Record<string, string> }) {
  if (models.length === 0) return <p className="py-6 text-soft">Nothing is registered yet.</p>;
  return (
    <ul className="divide-y divide-line">
      {models.map((model) => (
        <li
          key={model.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-1 py-3.5 sm:grid-cols-[15rem_minmax(0,1fr)_auto] sm:items-center"
        >
          <ModelLink model={model} />
          <p className="max-sm:pl-[2.375rem]">{HAPPENED[model.kind](model)}</p>
          <p className="text-[0.8125rem] text-soft max-sm:pl-[2.375rem] sm:text-right">
            <Person address={model.trainer} people={people} />
            <br className="max-sm:hidden" />{' '}
            <span className="whitespace-nowrap">
              {model.timestamp ? moment(model.timestamp) : `block ${model.block}`}
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}

const HAPPENED: Record<Kind, (model: Model) => React.ReactNode> = {
  train: ({ trainings, parents: [parent] }) =>
    trainings && parent ? (
      <>
        Trained from <ParentLink parent={parent} /> in {count(sumOf(trainings).steps)} steps on{' '}
        {count(sumOf(trainings).rows)} rows
      </>
    ) : (
      KIND_NAMES.train
    ),
  merge: ({ parents, method }) => `Merged from ${parents.length} models${method ? ` by ${method}` : ''}`,
  seed: () => 'Random starting weights, from a seed of the chain',
  import: () => KIND_NAMES.import,
  foreign: ({ parents, foreign }) =>
    foreign ? `Foreign program ${foreign.program}, from ${plural(parents.length, 'parent')}` : KIND_NAMES.foreign,
};

function ParentLink({ parent }: { parent: ModelParent }) {
  return (
    <Link href={`/model/${parent.id}`} className="link">
      <ModelName model={parent} />
    </Link>
  );
}
