using FsxFuse;
using FsxFuse.Commands;

return Invocation.Read().Name == MountCall.Name
    ? await MountCall.RunAsync(args).ConfigureAwait(false)
    : await CommandLine.RunAsync(args).ConfigureAwait(false);
