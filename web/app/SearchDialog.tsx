'use client';

import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useId, useState } from 'react';
import { useSearch } from '../lib/chain/useGraph.ts';
import { optionsOf } from '../lib/foundOptions.ts';

/** Finds models, trainers and data as one types. @param onLeave when something was chosen */
export function SearchDialog({ onLeave }: { onLeave(): void }) {
  const router = useRouter();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { data } = useSearch(text);
  const open = text.trim().length > 1;
  const all = `/search?${new URLSearchParams({ q: text.trim() })}`;
  const options = open && data ? optionsOf(data) : [];
  const go = (href: string) => {
    onLeave();
    router.push(href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((at + step + options.length + 1) % (options.length + 1));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      go(options[at]?.href ?? all);
    }
  };
  const option = (k: number) => ({
    id: `${list}-${k}`,
    className: 'block cursor-pointer rounded-[3px] px-3 py-2 hover:bg-sunk aria-selected:bg-sunk',
  });
  return (
    <>
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Search models, trainers, datasets, benchmarks
        <input
          type="search"
          role="combobox"
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={open ? `${list}-${at}` : undefined}
          className="field text-base"
          placeholder="Name, words, trainer, network, beginning of an id"
          value={text}
          maxLength={80}
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
          autoFocus
          onChange={(event) => {
            setAt(0);
            setText(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div id={list} role="listbox" aria-label="Found" hidden={!open} className="mt-2 max-h-[60vh] overflow-auto">
        {options.map(({ href, kind, name, detail }, k) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input that owns this list
          <div key={href} role="option" aria-selected={k === at} tabIndex={-1} {...option(k)} onClick={() => go(href)}>
            <span className="flex items-baseline justify-between gap-3">
              <bdi className="min-w-0 truncate font-medium">{name}</bdi>
              <span className="text-[0.8125rem] whitespace-nowrap text-soft">{kind}</span>
            </span>
            <span className="hash block truncate text-soft">{detail}</span>
          </div>
        ))}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input that owns this list */}
        <div
          role="option"
          aria-selected={at === options.length}
          tabIndex={-1}
          {...option(options.length)}
          onClick={() => go(all)}
        >
          {data && options.length === 0 ? 'Nothing found' : 'All results'}
        </div>
      </div>
    </>
  );
}
