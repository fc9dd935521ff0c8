using FsxFuse;
using FsxFuse.Commands;

return MountCall.Names.Contains(Invocation.Read().Name)
    ? await MountCall.RunAsync(args).ConfigureAwait(false)
    : await CommandLine.RunAsync(args).ConfigureAwait(false);
