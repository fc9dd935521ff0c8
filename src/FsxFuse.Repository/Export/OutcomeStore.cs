using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>What becomes of an entry after a try: it goes, or stays with the time of its next try and the reason. It is never dropped unsaid.</summary>
internal sealed class OutcomeStore(ExportContext context)
{
    // A refusal that concerns a whole link is not worth an event for each of its files.
    private static readonly TimeSpan EventInterval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(int Link, string Code), DateTimeOffset> _events = [];

    /// <summary>Runs a try and gives every failure its FSx code: the one place where exceptions become outcomes.</summary>
    public async ValueTask<Outcome> GuardAsync(ExportRow row, Func<ValueTask<Outcome>> run, CancellationToken stop)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (KeyMovedException)
        {
            return Outcome.Again;
        }
        catch (ExportException e)
        {
            return Outcome.Failed(e);
        }
        catch (ObjectStoreException e)
        {
            return Outcome.Failed(ExportException.From(e, await SubjectAsync(row, stop).ConfigureAwait(false)));
        }
        catch (ContentSourceException e)
        {
            return Outcome.Failed(new ExportException(
                e.Errno == Errno.ESTALE ? FsxErrorCode.S3ObjectNotFound : e.Errno == Errno.EACCES ? FsxErrorCode.S3AccessDenied : FsxErrorCode.S3Error,
                $"{await SubjectAsync(row, stop).ConfigureAwait(false)}: {e.Message}", permanent: e.Errno is Errno.ESTALE or Errno.EACCES, e));
        }
        catch (CacheException e) when (e.Errno == Errno.ESTALE)
        {
            return Outcome.Failed(new ExportException(
                FsxErrorCode.S3ObjectNotFound, $"{await SubjectAsync(row, stop).ConfigureAwait(false)}: {e.Message}", permanent: false, e));
        }
        catch (CacheException e) when (e.Errno == Errno.ENOENT)
        {
            // The content was replaced meanwhile.
            return Outcome.Again;
        }
        catch (Exception e) when (e is CacheException or NamespaceSourceException or IOException)
        {
            return Outcome.Failed(new ExportException(FsxErrorCode.InternalError, $"{await SubjectAsync(row, stop).ConfigureAwait(false)}: {e.Message}", permanent: false, e));
        }
        catch (Exception e) when (e is not MetadataStoreException)
        {
            ExportLog.Unexpected(context.Logger, EntryId.Of(row).ToString(), e);
            return Outcome.Failed(new ExportException(FsxErrorCode.InternalError, $"{await SubjectAsync(row, stop).ConfigureAwait(false)}: {e.Message}", permanent: false, e));
        }
    }

    /// <summary>Commits what a try came to.</summary>
    public async ValueTask StoreAsync(ExportRow row, Outcome outcome, CancellationToken cancel)
    {
        Batch batch = context.NewBatch();
        long now = context.NowNs;
        switch (outcome.Kind)
        {
            case OutcomeKind.Done:
                batch.Add(new RowWrite.DeleteExport(row.Id, row.Version));
                break;
            case OutcomeKind.Parked:
                batch.Add(new RowWrite.DeferExport(row with { NotBeforeNs = long.MaxValue, Attempts = 0, LastError = null }));
                break;
            case OutcomeKind.Writing:
                await AddWritingAsync(batch, row, now, cancel).ConfigureAwait(false);
                break;
            default:
                await AddFailedAsync(batch, row, outcome.Error!, now, cancel).ConfigureAwait(false);
                break;
        }
        await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
    }

    /// <summary>What an entry is about, for people: a path, or a key that has none.</summary>
    public async ValueTask<string> SubjectAsync(ExportRow row, CancellationToken cancel) => row.Kind == ExportKind.Key
        ? row.Key
        : await context.Paths.GetPathAsync(row.Subject, cancel).ConfigureAwait(false) ?? EntryId.Of(row).ToString();

    /// <summary>Time until the next try after so many failures: doubling, with a random part so that many do not come back together.</summary>
    internal static TimeSpan Delay(int attempts, ExportOptions options, double random)
    {
        double seconds = options.RetryFirst.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, options.RetryMax.TotalSeconds) * (0.5 + random / 2));
    }

    // When it rests it is queued again and due at once; this look is for what was only in use, and for the report.
    private async ValueTask AddWritingAsync(Batch batch, ExportRow row, long now, CancellationToken cancel)
    {
        long age = Math.Max(0, now - row.QueuedNs);
        long wait = Math.Clamp(age / 4, UnixTime.NanosecondsPerSecond / 2, 30 * UnixTime.NanosecondsPerSecond);
        string? error = null;
        if (age > Nanoseconds(context.Options.BusyLimit))
        {
            string subject = await SubjectAsync(row, cancel).ConfigureAwait(false);
            error = $"{subject} has been open for writing, or changing, since it was queued {age / (60 * UnixTime.NanosecondsPerSecond)} minutes ago; it is exported when it rests.";
            if (row.LastError is null)
                AddEvent(batch, row, FsxErrorCode.ResourceBusy, subject, error, now);
        }
        batch.Add(new RowWrite.DeferExport(row with { NotBeforeNs = now + wait, LastError = error }));
    }

    private async ValueTask AddFailedAsync(Batch batch, ExportRow row, ExportException error, long now, CancellationToken cancel)
    {
        int attempts = row.Attempts + 1;
        TimeSpan delay = error.IsPermanent ? context.Options.RetryMax : Delay(attempts, context.Options, Random.Shared.NextDouble());
        batch.Add(new RowWrite.DeferExport(row with { NotBeforeNs = now + Nanoseconds(delay), Attempts = attempts, LastError = $"{error.Code}: {error.Message}" }));
        string subject = await SubjectAsync(row, cancel).ConfigureAwait(false);
        if (error.IsPermanent && attempts == 1 && IsNews(row.LinkId, error.Code))
            AddEvent(batch, row, error.Code, subject, error.Message, now);
        ExportLog.Deferred(context.Logger, subject, attempts, (long)delay.TotalSeconds, error.Message);
    }

    private bool IsNews(int link, string code)
    {
        if (code is not (FsxErrorCode.S3AccessDenied or FsxErrorCode.S3Error))
            return true;
        DateTimeOffset now = context.Time.GetUtcNow();
        lock (_events)
        {
            if (_events.TryGetValue((link, code), out DateTimeOffset last) && now - last < EventInterval)
                return false;
            _events[(link, code)] = now;
            return true;
        }
    }

    private static void AddEvent(Batch batch, ExportRow row, string code, string subject, string message, long now) =>
        batch.Add(new RowWrite.AddEvent(new EventRow { TimeNs = now, Code = ExportEventCode.Of(code), LinkId = row.LinkId, Subject = subject, Message = message }));

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
