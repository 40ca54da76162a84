import { frWasm } from '../generated/fr.wasm.ts';
import { frLanesWasm } from '../generated/frLanes.wasm.ts';
import { frLanesSharedWasm } from '../generated/frLanesShared.wasm.ts';
import { frSharedWasm } from '../generated/frShared.wasm.ts';
import { decodeWasm } from '../numbers/wasm.ts';

/** The field kernels for a memory of one thread or of several, that work in lanes or not. */
export function fieldModule({ shared, lanes }: { shared: boolean; lanes: boolean }): Uint8Array<ArrayBuffer> {
  if (lanes) return decodeWasm(shared ? frLanesSharedWasm : frLanesWasm);
  return decodeWasm(shared ? frSharedWasm : frWasm);
}
