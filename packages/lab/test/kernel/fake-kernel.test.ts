/** The facts, on the simulated kernel; and what the simulated kernel alone can do. */
import { describeKernel } from './compliance.ts';
import { makeFakeKernel } from './fake-kernel-maker.ts';

describeKernel('the simulated kernel', makeFakeKernel);
