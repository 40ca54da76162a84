/** One line of a verification. */
export interface Check {
  id: 'file' | 'key' | 'groth16' | 'opening' | 'registry' | 'keyOnChain' | 'powers' | 'record';
  state: 'waiting' | 'running' | 'good' | 'bad' | 'open';
  /** what was found, or why it fails */
  detail?: string;
}

/** What each check is about. */
export const CHECK_NAMES: Record<Check['id'], string> = {
  file: 'The file is an edge and its parts agree',
  key: 'It names the verification key that this page has',
  groth16: 'The Groth16 proof holds',
  opening: 'The commitments open as the proof says',
  registry: 'It is for this chain and this registry',
  keyOnChain: 'The contract checks against the same key',
  powers: 'The contract holds the same powers of tau',
  record: 'The registry’s record says the same',
};

export const LOCAL_CHECKS: Check['id'][] = ['file', 'key', 'groth16', 'opening'];
export const CHAIN_CHECKS: Check['id'][] = ['registry', 'keyOnChain', 'powers', 'record'];
