import Link from 'next/link';
import type { Model } from '../lib/chain/types.ts';
import { count } from '../lib/format.ts';
import { ModelName } from './Identity.tsx';
import { KindSymbol } from './KindSymbol.tsx';

const SHOWN_AT_START = 3;
const SHOWN_AT_END = 9;

/** The line of descent along first parents, from the origin down to the model. */
export function Path({ path }: { path: Model[] }) {
  const long = path.length > SHOWN_AT_START + SHOWN_AT_END;
  const first = long ? path.slice(0, SHOWN_AT_START) : path;
  const last = long ? path.slice(-SHOWN_AT_END) : [];
  return (
    <ol className="py-4">
      {first.map((model, k) => (
        <Station key={model.id} model={model} isLast={!long && k === first.length - 1} />
      ))}
      {long && (
        <li className="ml-[0.4375rem] border-l border-dashed border-rule py-2 pl-6 text-soft">
          {count(path.length - first.length - last.length)} more in between
        </li>
      )}
      {last.map((model, k) => (
        <Station key={model.id} model={model} isLast={k === last.length - 1} />
      ))}
    </ol>
  );
}

function Station({ model, isLast }: { model: Model; isLast: boolean }) {
  const { id, kind, training, depth } = model;
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0">
      {!isLast && <span className="absolute top-5 bottom-0 left-[0.4375rem] border-l border-rule" aria-hidden="true" />}
      <span className="pt-1.5">
        <KindSymbol kind={kind} size={15} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-baseline gap-x-2">
          {isLast ? (
            <strong className="font-semibold" aria-current="true">
              <ModelName model={model} />
            </strong>
          ) : (
            <Link href={`/model/${id}`} className="link font-medium">
              <ModelName model={model} />
            </Link>
          )}
          <span className="text-[0.8125rem] text-soft">depth {depth}</span>
        </span>
        {training && (
          <span className="block text-[0.8125rem] text-soft">
            {count(training.steps)} steps on {count(training.rows)} rows at rate {training.realRate}
          </span>
        )}
      </span>
    </li>
  );
}
