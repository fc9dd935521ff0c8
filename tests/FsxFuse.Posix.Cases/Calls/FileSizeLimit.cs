namespace FsxFuse.Posix.Cases.Calls;

/// <summary>RLIMIT_FSIZE of the whole process, put back on disposal; SIGXFSZ is ignored by the runner.</summary>
internal sealed unsafe class FileSizeLimit : IDisposable
{
    private const int Resource = 1;
    private readonly ulong _soft;
    private readonly ulong _hard;

    internal FileSizeLimit(ulong bytes)
    {
        ulong* limits = stackalloc ulong[2];
        Outcome.Of("getrlimit", Libc.getrlimit(Resource, limits)).Ok();
        (_soft, _hard) = (limits[0], limits[1]);
        limits[0] = bytes;
        Outcome.Of("setrlimit", Libc.setrlimit(Resource, limits)).Ok();
    }

    public void Dispose()
    {
        ulong* limits = stackalloc ulong[] { _soft, _hard };
        Outcome.Of("setrlimit", Libc.setrlimit(Resource, limits)).Ok();
    }
}
