'use client';

import { lazy, Suspense, useEffect, useRef, useState } from 'react';

const SearchDialog = lazy(async () => ({ default: (await import('./SearchDialog.tsx')).SearchDialog }));

/** Opens the search: the button, or the key `/`. */
export function SearchMenu() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [round, setRound] = useState(0);
  const open = () => {
    if (dialog.current?.open) return;
    setRound((known) => known + 1);
    dialog.current?.showModal();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it uses nothing that changes
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target } = event;
      const types = target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || types) return;
      event.preventDefault();
      open();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={open}
        aria-label="Search"
        aria-keyshortcuts="/"
        title="Search (/)"
        className="grid size-10 shrink-0 place-items-center rounded-[3px] hover:bg-sunk"
      >
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor">
          <path d="m13 13 5 5M8.500 15a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Z" strokeWidth="1.700" />
        </svg>
      </button>
      <dialog
        ref={dialog}
        aria-label="Search"
        className="sheet mx-auto mt-[10vh] mb-auto w-[min(40rem,calc(100vw-1.5rem))] p-4 text-ink shadow-2xl"
      >
        {round > 0 && (
          <Suspense>
            <SearchDialog key={round} onLeave={() => dialog.current?.close()} />
          </Suspense>
        )}
      </dialog>
    </>
  );
}
