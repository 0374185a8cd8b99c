/** The facts, on the kernel that runs here. */
import { describeKernel } from './compliance.ts';
import { makeRealKernel } from './real-kernel-maker.ts';

describeKernel('the real kernel', makeRealKernel);
