using FsxFuse.Cache;
using FsxFuse.Control;
using FsxFuse.Fuse;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Errno = FsxFuse.Fuse.Errno;

namespace FsxFuse;

/// <summary>The one place where an exception becomes an exit code and a line for a person.</summary>
internal static class Failures
{
    /// <summary>The exit code, and one line without the program's name and without a full stop.</summary>
    public static (int ExitCode, string Message) Describe(Exception e) => e switch
    {
        UsageException => (ExitCode.Usage, OneLine(e.Message)),
        CommandFailedException failed => (failed.ExitCode, OneLine(e.Message)),
        ControlException { Failure: ControlFailure.BadRequest } => (ExitCode.Usage, OneLine(e.Message)),
        ControlException or ObjectStoreException or MetadataStoreException or LinkException or CacheException or NamespaceSourceException
            => (ExitCode.Failed, OneLine(e.Message)),
        FuseException fuse => (ExitCode.Failed, DescribeMount(fuse)),
        OperationCanceledException => (ExitCode.Failed, "stopped by a signal"),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, OneLine(e.Message)),
        AggregateException { InnerException: Exception inner } => Describe(inner),
        _ => (ExitCode.Failed, $"internal error: {e.GetType().Name}: {OneLine(e.Message)}"),
    };

    /// <summary>Whether it is a defect of this program, whose stack is worth showing.</summary>
    public static bool IsUnexpected(Exception e) => Describe(e).Message.StartsWith("internal error", StringComparison.Ordinal);

    private static string DescribeMount(FuseException e) => e.Error switch
    {
        Errno.EPERM or Errno.EACCES => $"{OneLine(e.Message)}; mounting needs root (CAP_SYS_ADMIN), or fusermount3 from the package 'fuse3' for ordinary users",
        Errno.ENODEV or Errno.ENXIO => $"{OneLine(e.Message)}; the kernel has no FUSE: load its module with 'modprobe fuse'",
        Errno.ENOENT when e.Message.Contains("fusermount", StringComparison.Ordinal) => "fusermount3 is not installed; ordinary users need it to mount: install the package 'fuse3'",
        _ => OneLine(e.Message),
    };

    private static string OneLine(string text) => string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.', ' ');
}
