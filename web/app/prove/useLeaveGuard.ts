'use client';

import { useEffect } from 'react';

/** Asks before the page is left, by a link of its own, by Back, by a reload or by closing the tab, as long as there are words. */
export function useLeaveGuard(words: string | undefined): void {
  useEffect(() => {
    if (words === undefined) return;
    const stay = () => !window.confirm(words);
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download')) return;
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      // Other places of the same page, and other origins: the browser asks by itself when it unloads.
      if (link.origin !== location.origin || link.pathname === location.pathname) return;
      if (stay()) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    // Back and forward between pages of the application unload nothing. Browsers without this interface do not ask.
    const navigation = (window as { navigation?: EventTarget }).navigation;
    const onNavigate = (event: Event) => {
      const { navigationType, cancelable } = event as Event & { navigationType?: string };
      if (navigationType === 'traverse' && cancelable && stay()) event.preventDefault();
    };
    addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, true);
    navigation?.addEventListener('navigate', onNavigate);
    return () => {
      removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, true);
      navigation?.removeEventListener('navigate', onNavigate);
    };
  }, [words]);
}
