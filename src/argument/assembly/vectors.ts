/** The kernels that others are made of: those of lanes stand for these where there are any. */

export { axpy } from './fr';
