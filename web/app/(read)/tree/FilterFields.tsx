import { useState } from 'react';
import { KIND_NAMES } from '../../../components/KindSymbol.tsx';
import type { Kind } from '../../../lib/chain/types.ts';
import { addressIn } from '../../../lib/ids.ts';
import { filtersIn, type TreeLink } from '../../../lib/treeLink.ts';

type Change = Partial<TreeLink>;

export interface FilterProps {
  link: TreeLink;
  people: Record<string, string>;
  /** whether a benchmark is chosen, so that one can ask for its scores */
  hasBenchmark: boolean;
  onChange(change: Change): void;
}

const NONE: Change = {
  kind: undefined,
  trainer: undefined,
  declared: undefined,
  scored: false,
  since: undefined,
  until: undefined,
};

/** Which models of the tree are shown. */
export function FilterFields({ link, people, hasBenchmark, onChange }: FilterProps) {
  const { kind, trainer, declared, scored } = link;
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-3 pt-3 text-soft">
      <label className="grid gap-1">
        Kind
        <select
          className="field w-44"
          value={kind ?? ''}
          onChange={({ target }) => onChange({ kind: (target.value || undefined) as Kind | undefined })}
        >
          <option value="">Any</option>
          {Object.entries(KIND_NAMES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <TrainerField key={trainer} trainer={trainer} people={people} onChange={onChange} />
      <label className="grid gap-1">
        Declared imports
        <select
          className="field w-44"
          value={declared ?? ''}
          onChange={({ target }) => onChange({ declared: (target.value || undefined) as TreeLink['declared'] })}
        >
          <option value="">With and without</option>
          <option value="yes">In the lineage</option>
          <option value="no">None in the lineage</option>
        </select>
      </label>
      {(['since', 'until'] as const).map((name) => (
        <label key={name} className="grid gap-1">
          {name === 'since' ? 'Registered from (UTC)' : 'Registered until (UTC)'}
          <input
            type="date"
            className="field w-44"
            value={link[name] ?? ''}
            onChange={({ target }) => onChange({ [name]: target.value || undefined })}
          />
        </label>
      ))}
      <label className="flex min-h-10 items-center gap-2">
        <input
          type="checkbox"
          checked={scored}
          disabled={!hasBenchmark}
          onChange={({ target }) => onChange({ scored: target.checked })}
        />
        Only with a score on the benchmark
      </label>
      {filtersIn(link) > 0 && (
        <button type="button" className="link min-h-10" onClick={() => onChange(NONE)}>
          Show all models
        </button>
      )}
    </div>
  );
}

/** Takes an address, or a name that this page has for one. */
function TrainerField({
  trainer,
  people,
  onChange,
}: Pick<FilterProps, 'people' | 'onChange'> & { trainer: string | undefined }) {
  const known = (address: string | undefined) => address && (people[address.toLowerCase()] ?? address);
  const [text, setText] = useState(known(trainer) ?? '');
  const named = Object.entries(people).find(([, name]) => name.toLowerCase() === text.trim().toLowerCase());
  const address = addressIn(text.trim()) ?? (named && addressIn(named[0]));
  const take = () => {
    if ((text.trim() === '' || address) && address !== trainer) onChange({ trainer: address });
  };
  return (
    <label className="grid gap-1">
      Trainer
      <input
        className="field w-44"
        placeholder="Address or name"
        value={text}
        maxLength={80}
        aria-invalid={text.trim() !== '' && !address}
        onChange={({ target }) => setText(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
    </label>
  );
}
