using FsxFuse;
using FsxFuse.Commands;
using FsxFuse.Lfs;

string name = Invocation.Read().Name;
return MountCall.Names.Contains(name) ? await MountCall.RunAsync(args).ConfigureAwait(false)
    : name == LfsCall.Name ? await LfsCall.RunAsync(args).ConfigureAwait(false)
    : await CommandLine.RunAsync(args).ConfigureAwait(false);
