import { InputError } from '../errors/InputError.ts';

export const SCHEDULES = ['constant', 'cosine', 'step'] as const;

/**
 * How the learning rate changes from segment to segment: not at all, along half a cosine to 0 after the last, or divided by ten after
 * half of the segments and again after three quarters.
 */
export type Schedule = (typeof SCHEDULES)[number];

/**
 * The rate of a segment.
 * @param units of the first segment
 * @param segment 0..segments - 1
 * @param step units of which a rate is a multiple
 * @returns units of the trainer, at least one step
 */
export function scheduledUnits(schedule: Schedule, units: number, segment: number, segments: number, step = 1): number {
  if (!Number.isInteger(segment) || segment < 0 || segment >= segments) {
    throw new InputError(`A run of ${segments} segments has no segment ${segment}.`);
  }
  return step * Math.max(1, Math.round((units * factor(schedule, segment / segments)) / step));
}

/** @param done share of the segments that came before */
function factor(schedule: Schedule, done: number): number {
  if (schedule === 'cosine') return (1 + Math.cos(Math.PI * done)) / 2;
  if (schedule === 'step') return done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01;
  return 1;
}
