'use client';

import { type KeyboardEvent, useId, useState } from 'react';
import type { SearchHit } from '../lib/chain/pageTypes.ts';
import { networkLabel, short } from '../lib/format.ts';
import { proquint } from '../lib/proquint.ts';
import { ModelName } from './Identity.tsx';
import { KindSymbol } from './KindSymbol.tsx';

interface Props {
  text: string;
  hits: SearchHit[];
  onText(text: string): void;
  onChoose(id: `0x${string}`): void;
}

/** Finds models by name, id, trainer, kind or widths. */
export function SearchBox({ text, hits, onText, onChoose }: Props) {
  const list = useId();
  const [at, setAt] = useState(0);
  const open = text.trim().length > 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((at + step + hits.length) % Math.max(1, hits.length));
    } else if (event.key === 'Enter' && hits[at]) onChoose(hits[at].id);
    else if (event.key === 'Escape') onText('');
  };
  return (
    <div className="relative w-full sm:w-64">
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Find
        <input
          type="search"
          role="combobox"
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={open && hits[at] ? `${list}-${at}` : undefined}
          className="field text-[0.9375rem]"
          placeholder="Name, id, trainer, kind"
          value={text}
          maxLength={80}
          onChange={(event) => {
            setAt(0);
            onText(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div
        id={list}
        role="listbox"
        aria-label="Models found"
        hidden={!open}
        className="sheet absolute inset-x-0 top-full z-30 mt-1 max-h-80 overflow-auto p-1 shadow-xl"
      >
        {hits.map((hit, k) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input that owns this list
          <div
            key={hit.id}
            id={`${list}-${k}`}
            role="option"
            aria-selected={k === at}
            tabIndex={-1}
            onClick={() => onChoose(hit.id)}
            className="flex cursor-pointer items-center gap-2 rounded-[3px] px-3 py-2 hover:bg-sunk aria-selected:bg-sunk"
          >
            <KindSymbol kind={hit.kind} />
            <span className="min-w-0">
              <span className="block truncate font-medium">
                <ModelName model={hit} />
              </span>
              <span className="hash block text-soft">
                {hit.name && `${proquint(hit.id)} · `}
                {short(hit.id, 8, 4)} · {networkLabel(hit)}
              </span>
            </span>
          </div>
        ))}
        {hits.length === 0 && (
          <div role="option" aria-selected="false" aria-disabled="true" tabIndex={-1} className="px-3 py-2 text-soft">
            Nothing found
          </div>
        )}
      </div>
    </div>
  );
}
