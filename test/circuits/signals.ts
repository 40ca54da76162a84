import { NUMBERING } from '../../src/generated/numbering.ts';
import type { Program } from '../../src/registry/programs/list.ts';

/** The public signals of a program's description as its circuit calls them: h_k is h[k], coefficients_l is coefficients[l - 1]. */
export function publicNames(program: Program): string[] {
  return NUMBERING[program].signals.names.map((name) => {
    const [, family, layer] = /^(\w+)_(\d)$/.exec(name) ?? [];
    return family === undefined ? name : `${family}[${family === 'h' ? layer : Number(layer) - 1}]`;
  });
}
