using System.Net;
using FsxFuse.Control.Events;
using FsxFuse.Options;
using FsxFuse.Repository.Following;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Composition;

/// <summary>Opens the endpoint for events, if the options ask for one.</summary>
internal static class EventEndpoint
{
    private const int MinSecretLength = 16;

    /// <summary>The running endpoint; null when none is wanted.</summary>
    /// <exception cref="CommandFailedException">The secret is missing or open to others.</exception>
    /// <exception cref="IOException">The port cannot be had.</exception>
    public static async Task<EventServer?> OpenAsync(OptionSet effective, Follower follower, ILoggerFactory loggers, CancellationToken cancel)
    {
        if (effective.Text("events") is not { } address || address == "off")
            return null;
        string path = effective.Text("events_secret_file")
            ?? throw new CommandFailedException("the option 'events' needs 'events_secret_file': whoever may post events must prove it");
        return await EventServer.StartAsync(
            IPEndPoint.Parse(address), ReadSecret(path), e => follower.Hint(e.Bucket, e.Key, e.ETag), loggers, cancel).ConfigureAwait(false);
    }

    private static string ReadSecret(string path)
    {
        try
        {
            // The open file is looked at, so nobody can put another in its place between the look and the reading.
            using FileStream file = File.OpenRead(path);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
                throw new CommandFailedException($"the secret in '{path}' is open to other users; run: chmod 600 '{path}'");
            using StreamReader reader = new(file);
            string secret = reader.ReadToEnd().Trim();
            return secret.Length >= MinSecretLength ? secret
                : throw new CommandFailedException($"the secret in '{path}' is too short: {MinSecretLength} characters or more are needed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the secret of the event endpoint cannot be read: {e.Message}", e);
        }
    }
}
