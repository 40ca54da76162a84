'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { BenchmarkField } from '../../../components/BenchmarkSelect.tsx';
import { ComparisonTable } from '../../../components/ComparisonTable.tsx';
import { ModelName } from '../../../components/Identity.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { NoneChosen } from '../../../components/ResultMarks.tsx';
import { SearchBox } from '../../../components/SearchBox.tsx';
import { PageHead } from '../../../components/Section.tsx';
import type { Comparison, Model } from '../../../lib/chain/types.ts';
import { useSearch } from '../../../lib/chain/useGraph.ts';
import { short } from '../../../lib/format.ts';

/** Chooses two models and sets them side by side. */
export function CompareScreen({ comparison }: { comparison: Comparison }) {
  const router = useRouter();
  const { a, b, suggestions, choice, unknown } = comparison;
  const choose = (side: 'a' | 'b' | 'benchmark', id: string) => {
    const wanted = { a: a?.model.id, b: b?.model.id, benchmark: choice.benchmark?.id, [side]: id };
    router.push(
      `/compare?${new URLSearchParams(Object.entries(wanted).filter((pair): pair is [string, string] => Boolean(pair[1])))}`,
      { scroll: false },
    );
  };
  return (
    <>
      <PageHead title="Compare">
        What two models share, and where their lineages part: data, steps, scores on a benchmark. All parents of every
        merge count.
      </PageHead>
      <div className="mx-auto grid max-w-7xl gap-6 px-4 sm:grid-cols-2 sm:px-6">
        <Choice name="First" chosen={a?.model} onChoose={(id) => choose('a', id)} />
        <Choice name="Second" chosen={b?.model} onChoose={(id) => choose('b', id)} />
      </div>
      {unknown.map((id) => (
        <div key={id} className="mx-auto max-w-7xl px-4 pt-6 sm:px-6">
          <Notice tone="warn" words={{ title: `No model ${short(id)} is registered here.` }} />
        </div>
      ))}
      {a && b && choice.total > 0 && (
        <div className="mx-auto max-w-7xl px-4 pt-8 sm:px-6">
          <BenchmarkField choice={choice} onChoose={(id) => choose('benchmark', id)} />
          <NoneChosen choice={choice} />
        </div>
      )}
      {a && b ? (
        <ComparisonTable comparison={comparison} />
      ) : (
        <div className="mx-auto max-w-7xl px-4 pt-10 sm:px-6">
          <h2 className="font-semibold">Newest models</h2>
          <ul className="mt-3 flex flex-wrap gap-2">
            {suggestions.map((model) => (
              <li key={model.id} className="max-w-full">
                <button
                  type="button"
                  className="button max-w-full"
                  disabled={model.id === a?.model.id || model.id === b?.model.id}
                  onClick={() => choose(a ? 'b' : 'a', model.id)}
                >
                  <span className="truncate">
                    <ModelName model={model} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Choice({ name, chosen, onChoose }: { name: string; chosen: Model | undefined; onChoose(id: string): void }) {
  const [text, setText] = useState('');
  const { data: hits } = useSearch(text);
  return (
    <div className="grid min-w-0 gap-2">
      <p>
        <span className="text-soft">{name}</span>{' '}
        <strong className="title text-xl">{chosen ? <ModelName model={chosen} /> : 'none yet'}</strong>
      </p>
      <SearchBox
        text={text}
        hits={hits?.models.newest ?? []}
        onText={setText}
        onChoose={(id) => {
          setText('');
          onChoose(id);
        }}
      />
    </div>
  );
}
