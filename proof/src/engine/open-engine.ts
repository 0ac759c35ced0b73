import {
  batchFrameCodec,
  codecModule,
  crcFrameCodec,
  type Engine,
  type EngineSettings,
  mmapModule,
  openEngine,
  preadModule,
  syncModule,
} from 'seglog';

export type Reader = 'pread' | 'mmap';
export type Codec = 'batch' | 'plain';

/** Which engine to put together. Plain data: it travels to the children that use it. */
export interface EnginePlan {
  readonly directory: string;
  readonly reader: Reader;
  readonly codec: Codec;
  /** As text: `always`, `group:2ms`, … */
  readonly sync: string;
  readonly settings?: EngineSettings | undefined;
  readonly maxOpenFiles?: number | undefined;
}

/** An engine as an application would compose it, on a real directory. */
export function openPlanned(plan: EnginePlan): Promise<Engine> {
  const [plain, batch] = [crcFrameCodec(), batchFrameCodec()];
  const { maxOpenFiles } = plan;
  return openEngine({
    modules: [
      preadModule(plan.directory, maxOpenFiles === undefined ? {} : { maxOpenFiles }),
      ...(plan.reader === 'mmap' ? [mmapModule()] : []),
      plan.codec === 'plain' ? codecModule(plain, [batch]) : codecModule(batch, [plain]),
      syncModule(plan.sync),
    ],
    settings: plan.settings,
  });
}
