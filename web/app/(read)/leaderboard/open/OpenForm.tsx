import { type FormEvent, useState } from 'react';
import { Notice } from '../../../../components/Notice.tsx';
import type { Dataset } from '../../../../lib/chain/dataTypes.ts';
import { plural, short } from '../../../../lib/format.ts';
import { safeText } from '../../../../lib/hostile.ts';
import type { Act } from './act.ts';
import { NO_RULES, RulesFields, rulesOf, rulesProblem } from './RulesFields.tsx';

/** Makes a registered dataset a benchmark. */
export function OpenForm({ datasets, may, act }: { datasets: Dataset[]; may: boolean; act: Act }) {
  const [chosen, setChosen] = useState(datasets[0]?.id ?? '');
  const [draft, setDraft] = useState(NO_RULES);
  const dataset = datasets.find(({ id }) => id === chosen);
  if (!dataset) {
    return (
      <p className="py-4 text-soft">
        No dataset is registered here. Make one with the command line: descent benchmark.
      </p>
    );
  }
  const problem = rulesProblem(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const args = [dataset.registrar, dataset.shards, dataset.uri, rulesOf(draft)];
    void act({ functionName: 'openBenchmark', args }, 'Opened');
  };
  return (
    <form onSubmit={submit} className="grid max-w-2xl gap-5 py-4">
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Dataset
        <select className="field" value={chosen} onChange={(event) => setChosen(event.target.value as typeof chosen)}>
          {datasets.map(({ id, uri, rows }) => (
            <option key={id} value={id}>
              {`${safeText(uri).slice(0, 60).toWellFormed() || 'no text'}, ${plural(rows, 'row')}, ${short(id)}`}
            </option>
          ))}
        </select>
      </label>
      <RulesFields draft={draft} onDraft={setDraft} />
      {problem && <Notice tone="warn" words={{ title: problem }} />}
      <button type="submit" className="button button-main justify-self-start" disabled={!may || problem !== undefined}>
        Open it with the wallet
      </button>
    </form>
  );
}
