using FsxFuse.Options;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Daemon;

/// <summary>What <c>fsxfuse mount</c> was asked to do.</summary>
/// <param name="Source">The file system or repository.</param>
/// <param name="SourceText">The source as it was given: mount(8) compares it with fstab.</param>
/// <param name="Directory">The directory as it was given, made absolute.</param>
/// <param name="Options">The options given.</param>
/// <param name="LogLevel">The lowest level to log.</param>
internal sealed record MountRequest(SourceAddress Source, string SourceText, string Directory, OptionSet Options, LogLevel LogLevel);
